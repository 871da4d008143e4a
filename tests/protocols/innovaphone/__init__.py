"""Test the session with an innovaphone PBX."""
