"""Tests of the IPCortex session against the simulated PABX."""
