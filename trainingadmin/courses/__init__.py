"""The catalogue of special-skill trainings: batches, items and their versions."""
