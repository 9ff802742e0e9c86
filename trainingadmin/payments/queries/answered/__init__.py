"""Reads of what the bank's answers left to do: accounts that money came back from, lines that were never sent."""
