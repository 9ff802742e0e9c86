"""总账: what the books say of any source, office, person, organisation or year, and the proof that they are sound."""
