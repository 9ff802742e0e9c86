"""Filings and rosters as spreadsheets."""
