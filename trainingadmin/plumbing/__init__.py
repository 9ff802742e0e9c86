"""Flask, SQL, Redis and disk; knows no noun of the office."""
