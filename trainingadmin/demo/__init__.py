"""A full system for a newcomer: a made-up bureau and filings at every stage, made by the product's own actions."""
