"""Checking in and out of sessions: codes on the teacher's screen, phones that scan them, and what looks wrong in it."""
