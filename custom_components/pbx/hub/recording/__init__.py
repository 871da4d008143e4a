"""Recordings of what a PBX says that can be handed to strangers."""
