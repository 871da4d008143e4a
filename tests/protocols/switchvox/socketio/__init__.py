"""Test the Socket.IO client by itself."""
