"""Which numbers are in force on a date, and the statutory calendar."""
