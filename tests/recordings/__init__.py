"""Recordings: how they are made, redacted and played again."""
