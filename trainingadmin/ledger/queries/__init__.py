"""Reads of the books, each behind what the actor's office may see."""
