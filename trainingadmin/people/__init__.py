"""Persons, accounts, enterprises, institutions and offices; signing in."""
