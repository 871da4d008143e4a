"""Start a simulated Asterisk from the command line."""

import argparse
from typing import Unpack

from ..common.simulator import Serving
from .demo import Demo
from .server import AsteriskSimulator
from .small_world import small_world


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what only this system knows."""
    parser.add_argument(
        "--flavour",
        choices=["freepbx", "plain"],
        default="freepbx",
        help="whose conventions its settings follow",
    )


def create(options: argparse.Namespace, **serving: Unpack[Serving]) -> AsteriskSimulator:
    """Return the simulator that the options describe."""
    return AsteriskSimulator(small_world(options.flavour), **serving)


def begin_demo(pbx: AsteriskSimulator, seed: int) -> None:
    """Bring a running simulator to life."""
    Demo(pbx, seed).start()


def describe(pbx: AsteriskSimulator) -> list[str]:
    """Return what a person needs to know to connect."""
    return [f"user {name} / {user.secret}" for name, user in pbx.world.users.items()]
