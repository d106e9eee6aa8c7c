"""A pack for a library of ragged tensors: one rule, one op model."""
