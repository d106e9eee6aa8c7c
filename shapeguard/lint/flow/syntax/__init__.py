"""How source text is read without executing it: nodes, names, scopes, what is live."""
