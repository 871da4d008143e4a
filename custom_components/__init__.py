"""Home of the integration."""
