"""Simulate a Switchvox: its Realtime API over Socket.IO and its Extend API."""

from .dialect import Dialect
from .server import SwitchvoxSimulator
from .small_world import OWN, PASSWORD, large_world, small_world

__all__ = ["OWN", "PASSWORD", "Dialect", "SwitchvoxSimulator", "large_world", "small_world"]
