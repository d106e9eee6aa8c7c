"""Statements: what every kind of them does to the state."""
