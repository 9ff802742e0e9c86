"""追回: money that has to come back, from the order to the last fen."""
