"""Tests of the Asterisk protocol."""
