"""Simulate the telephone systems, each as a real server on a real port."""
