"""Dues, batches, bank files and the double-entry ledger."""
