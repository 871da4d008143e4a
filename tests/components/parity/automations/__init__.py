"""What people automate, on every system that can do it."""
