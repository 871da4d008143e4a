"""The pictures of README.md and docs, taken from a live Home Assistant."""
