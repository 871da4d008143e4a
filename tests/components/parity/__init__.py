"""The same story told on every system."""
