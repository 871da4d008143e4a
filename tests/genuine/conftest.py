"""What the tests of the genuine servers share."""

from .fixtures import genuine, genuine_servers

__all__ = ["genuine", "genuine_servers"]
