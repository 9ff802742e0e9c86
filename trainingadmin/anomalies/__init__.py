"""What about attendance and rosters cannot be so: each with its evidence, and what a human found out about it."""
