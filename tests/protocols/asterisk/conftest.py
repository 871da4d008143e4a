"""What the tests of the Asterisk protocol share."""

from tests.genuine.fixtures import genuine, genuine_servers

__all__ = ["genuine", "genuine_servers"]
