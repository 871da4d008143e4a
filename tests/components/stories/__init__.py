"""Random stories at every make of PBX, after which what is shown is what a fresh start shows."""
