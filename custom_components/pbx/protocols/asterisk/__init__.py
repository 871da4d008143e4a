"""Asterisk and FreePBX, over the manager interface (AMI)."""
