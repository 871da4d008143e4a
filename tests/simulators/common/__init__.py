"""Hold what the simulators of all telephone systems share."""
