"""Reads of dues, batches and payments; `visible_to` is the only door to their rows."""
