"""Between the bureau and the bank: rows and digests, one small writer a layout, and reading the answer."""
