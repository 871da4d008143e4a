"""Run one of the simulated telephone systems, or a recording of a real one, until interrupted."""

import argparse
import asyncio
import signal

from .asterisk import command_line as asterisk
from .axeos import command_line as axeos
from .innovaphone import command_line as innovaphone
from .ipcortex import command_line as ipcortex
from .replay import command_line as replay
from .switchvox import command_line as switchvox

SYSTEMS = {
    "asterisk": asterisk,
    "axeos": axeos,
    "innovaphone": innovaphone,
    "ipcortex": ipcortex,
    "replay": replay,
    "switchvox": switchvox,
}


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulators", description=__doc__)
    systems = parser.add_subparsers(dest="system", required=True)
    for name, module in SYSTEMS.items():
        options = systems.add_parser(name, help=module.__doc__)
        options.add_argument("--host", default="127.0.0.1", help="address to listen on")
        options.add_argument("--port", type=int, default=0, help="port to listen on, 0 for any free one")
        options.add_argument("--tls", action="store_true", help="use HTTPS with a self-signed certificate")
        options.add_argument("--demo", action="store_true", help="let a whole office live by itself")
        options.add_argument("--seed", type=int, default=1, help="which story the demo tells")
        module.add_options(options)
    return parser.parse_args()


async def run(options: argparse.Namespace) -> None:
    """Serve until the process is told to end."""
    system = SYSTEMS[options.system]
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with system.create(options, host=options.host, port=options.port, tls=options.tls) as simulator:
        if options.demo:
            system.begin_demo(simulator, options.seed)
        print(f"{options.system} at {simulator.url}", *system.describe(simulator), sep="\n  ", flush=True)
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(run(parse_options()))
