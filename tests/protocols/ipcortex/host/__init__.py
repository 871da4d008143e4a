"""Tests of the script host, with no IPCortex about it."""
