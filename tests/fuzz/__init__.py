"""Hostile input for everything that reads what a PBX, or a caller, has written."""
