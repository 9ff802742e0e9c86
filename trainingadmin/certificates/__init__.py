"""Numbered, hashed, signed documents: issue, render, download, verify, revoke."""
