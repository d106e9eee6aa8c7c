"""The abstract domain: numbers that are not known, conditions on them, values, and how paths join."""
