"""Jinja as pages of lists need it: escaping once, rows kept, cells made once a column."""
