"""Public notices: publish, objections, clearing."""
