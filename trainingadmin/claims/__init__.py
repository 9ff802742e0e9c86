"""Claims, their lines, evidence, assessments and staged review."""
