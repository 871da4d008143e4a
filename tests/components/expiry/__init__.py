"""Tests of what is set for users for a while."""
