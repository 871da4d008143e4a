"""Benchmarks: what the integration costs over a bare Home Assistant."""
