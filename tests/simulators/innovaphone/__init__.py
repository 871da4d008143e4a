"""Simulate an innovaphone PBX from the protocol text."""

from .server import InnovaphoneSimulator
from .small_world import small_world

__all__ = ["InnovaphoneSimulator", "small_world"]
