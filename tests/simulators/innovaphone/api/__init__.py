"""Answer the messages of each API."""
