"""Evidence before alarm: why an extent may be 0 or two may differ, and for which sizes."""
