"""Spreadsheets in and out: hostile files refused, honest ones read with cell addresses, tables written.

Empty on purpose: the reading child imports this package and must start within milliseconds.
"""
