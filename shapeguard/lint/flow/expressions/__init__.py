"""Expressions: what every kind of them evaluates to."""
