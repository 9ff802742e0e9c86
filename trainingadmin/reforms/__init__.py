"""New figures: drafted, tried on stored facts, put into force by a second person, and applied to open claims."""
