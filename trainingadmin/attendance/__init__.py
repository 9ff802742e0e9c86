"""Sessions held, marks, credited minutes and what looks wrong in them."""
