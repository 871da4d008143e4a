"""Start a simulated IPCortex PABX from the command line."""

import argparse
from typing import Unpack

from ..common.choices import list_choices
from ..common.simulator import Serving
from .demo import Demo
from .faults import ListShape
from .server import IpcortexSimulator
from .small_world import small_world


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what only this system knows."""
    parser.add_argument(
        "--flavour", choices=["modern", "old"], default="modern", help="which kind of script to serve"
    )
    parser.add_argument(
        "--lists",
        choices=list_choices(ListShape),
        default="given",
        help="where a modern script has its lists",
    )


def create(options: argparse.Namespace, **serving: Unpack[Serving]) -> IpcortexSimulator:
    """Return the simulator that the options describe."""
    pbx = IpcortexSimulator(small_world(), **serving)
    pbx.faults.flavour = options.flavour
    pbx.faults.lists = options.lists
    return pbx


def begin_demo(pbx: IpcortexSimulator, seed: int) -> None:
    """Bring a running simulator to life."""
    Demo(pbx, seed).start()


def describe(pbx: IpcortexSimulator) -> list[str]:
    """Return what a person needs to know to connect."""
    logins = [f"user {user.login} / {user.password}" for user in pbx.world.users.values()]
    keys = [f"Auth Key {user.key}" for user in pbx.world.users.values() if user.key]
    return [*logins, *keys]
