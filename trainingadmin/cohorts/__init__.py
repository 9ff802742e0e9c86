"""Apprenticeship filings: plan, roster, review of the filing, changes, results."""
