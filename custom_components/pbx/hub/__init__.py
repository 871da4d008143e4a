"""One PBX in Home Assistant."""
