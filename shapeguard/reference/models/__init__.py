"""What must be known of particular models, and nothing of methods: one module for each."""
