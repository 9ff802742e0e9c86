"""What people and firms could claim and have not: found every night, shown to them and to officers, never decided."""
