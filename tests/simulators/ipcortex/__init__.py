"""Simulate an IPCortex PABX from the protocol text, with a stand-in for the script that a real one serves."""

from .server import IpcortexSimulator
from .small_world import small_world

__all__ = ["IpcortexSimulator", "small_world"]
