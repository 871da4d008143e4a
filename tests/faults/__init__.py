"""Faults, load and hostile input, tried on every telephone system from outside."""
