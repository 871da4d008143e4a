"""Start a simulated Axeos PBX from the command line."""

import argparse
from typing import Unpack

from ..common.simulator import Serving
from .demo import Demo
from .demo_world import demo_world
from .server import AxeosSimulator
from .small_world import small_world


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what only this system knows."""
    parser.add_argument("--no-v1", action="store_true", help="be a PBX older than 4.2, without /apis/pbx/v1")


def create(options: argparse.Namespace, **serving: Unpack[Serving]) -> AxeosSimulator:
    """Return the simulator that the options describe."""
    world = demo_world() if options.demo else small_world()
    return AxeosSimulator(world, v1=not options.no_v1, **serving)


def begin_demo(pbx: AxeosSimulator, seed: int) -> None:
    """Bring a running simulator to life."""
    Demo(pbx, seed).start()


def describe(pbx: AxeosSimulator) -> list[str]:
    """Return what a person needs to know to connect."""
    logins = [f"user {login.username} / {login.password}" for login in pbx.world.logins.values()]
    clients = [
        f"OAuth2 client {client.client_id} / {client.secret}" for client in pbx.world.oauth_clients.values()
    ]
    return [f"apiKey / {pbx.world.api_keys[0]}", *logins, *clients]
