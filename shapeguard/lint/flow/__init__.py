"""The analysis: abstract interpretation of extents. It knows nothing of rules, packs or files."""
