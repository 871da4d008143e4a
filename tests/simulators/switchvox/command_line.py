"""Start a simulated Switchvox from the command line."""

import argparse
from typing import Unpack

from ..common.simulator import Serving
from .demo import Demo
from .dialect import Dialect, Transport
from .server import SwitchvoxSimulator
from .small_world import OWN, PASSWORD, small_world


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what only this system knows."""
    parser.add_argument("--eio", type=int, choices=(3, 4), default=3, help="revision of Engine.IO to speak")
    parser.add_argument("--no-websocket", action="store_true", help="let the front server pass polling only")


def create(options: argparse.Namespace, **serving: Unpack[Serving]) -> SwitchvoxSimulator:
    """Return the simulator that the options describe."""
    transport = Transport(eio=options.eio, websocket=not options.no_websocket)
    return SwitchvoxSimulator(
        small_world(),
        port=options.port,
        host=options.host,
        tls=options.tls,
        dialect=Dialect(transport=transport),
    )


def begin_demo(pbx: SwitchvoxSimulator, seed: int) -> None:
    """Bring a running simulator to life."""
    Demo(pbx, seed).start()


def describe(pbx: SwitchvoxSimulator) -> list[str]:
    """Return what a person needs to know to connect."""
    return [f"extension {OWN} / {PASSWORD}", "administrator {} / {}".format(*pbx.world.admin)]
