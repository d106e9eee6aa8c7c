"""Calls: into the project, into libraries, into objects; what they pass and what comes back."""
