"""Simulate an Axeos PBX from the protocol text."""

from .demo_world import demo_world
from .server import AxeosSimulator
from .small_world import small_world

__all__ = ["AxeosSimulator", "demo_world", "small_world"]
