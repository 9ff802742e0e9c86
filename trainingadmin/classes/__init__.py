"""Classes: a training institution's class on an item of the catalogue, from opening to certificates."""
