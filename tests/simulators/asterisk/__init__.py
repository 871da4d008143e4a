"""Simulate the manager interface of an Asterisk or a FreePBX, after what genuine ones say."""

from .server import AsteriskSimulator
from .small_world import small_world

__all__ = ["AsteriskSimulator", "small_world"]
