"""Each role's pile today, and a trainee's own page; read-only, on top."""
