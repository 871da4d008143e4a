"""Telephone systems and what they say, with no knowledge of Home Assistant."""
