"""Run a real Home Assistant with the integration in it, and drive it from outside."""
