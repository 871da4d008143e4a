"""Run a genuine Asterisk with telephones that call each other, until interrupted."""

import argparse
import asyncio
from contextlib import suppress
from dataclasses import replace
import signal
import sys

from .configuration import Ports
from .demo import GenuineDemo
from .install import SUITES, find
from .office import RECOMMENDED, open_office
from .server import AsteriskServer


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.genuine", description=__doc__)
    parser.add_argument("--port", type=int, default=5038, help="port of the manager interface")
    parser.add_argument("--version", type=int, choices=SUITES, default=22, help="which Asterisk to run")
    parser.add_argument(
        "--flavour",
        choices=["freepbx", "plain", "small"],
        default="freepbx",
        help="whose conventions to follow",
    )
    parser.add_argument("--demo", action="store_true", help="let a whole office live by itself")
    parser.add_argument("--seed", type=int, default=1, help="which story the demo tells")
    return parser.parse_args()


async def run(server: AsteriskServer, options: argparse.Namespace) -> None:
    """Let the office live until the process is told to end."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    async with open_office(server) as office:
        sys.stdout.write(
            f"Asterisk {options.version} at ami://{server.host}:{server.ports.ami}\n"
            f"  user {' / '.join(RECOMMENDED)}\n"
            f"  telephones at sip:{server.host}:{server.ports.sip}, password telephone\n"
        )
        sys.stdout.flush()
        if options.demo:
            await GenuineDemo(office, options.seed).run()
        await asyncio.Event().wait()


def main() -> None:
    """Start the server, or say why there is none."""
    options = parse_options()
    found = find(options.version)
    if isinstance(found, str):
        sys.exit(found)
    ports = replace(Ports.free(), ami=options.port)
    with (
        AsteriskServer(found, flavour=options.flavour, ports=ports) as server,
        suppress(asyncio.CancelledError, KeyboardInterrupt),
    ):
        asyncio.run(run(server, options))


if __name__ == "__main__":
    main()
