"""What can be asked of a PBX in words."""
