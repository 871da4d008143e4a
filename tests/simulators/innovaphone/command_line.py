"""Start a simulated innovaphone PBX from the command line."""

import argparse
from typing import Unpack

from ..common.simulator import Serving
from .demo import Demo
from .demo_world import demo_world
from .server import InnovaphoneSimulator
from .small_world import small_world


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what only this system knows."""
    parser.add_argument("--deny", action="append", default=[], metavar="API", help="an API that stays silent")
    parser.add_argument("--old", action="store_true", help="be older than 14r1, so without diversions")


def create(options: argparse.Namespace, **serving: Unpack[Serving]) -> InnovaphoneSimulator:
    """Return the simulator that the options describe."""
    world = demo_world() if options.demo else small_world()
    pbx = InnovaphoneSimulator(world, **serving)
    pbx.faults.silent = set(options.deny)
    pbx.faults.diversions = not options.old
    return pbx


def begin_demo(pbx: InnovaphoneSimulator, seed: int) -> None:
    """Bring a running simulator to life."""
    Demo(pbx, seed).start()


def describe(pbx: InnovaphoneSimulator) -> list[str]:
    """Return what a person needs to know to connect."""
    apps = [f"App object {app.name} / {app.password}" for app in pbx.world.apps.values()]
    return [*apps, *(f"user {item.h323} / {item.password}" for item in pbx.world.users())]
