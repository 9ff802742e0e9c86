"""Facts that other departments know, each with its source, its date and the human who recorded it."""
