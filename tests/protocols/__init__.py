"""Test the protocols against the simulated telephone systems."""
