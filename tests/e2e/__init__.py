"""Tests against a real Home Assistant process, looked at through its API and a real browser."""
