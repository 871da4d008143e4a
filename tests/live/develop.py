"""Run Home Assistant with the integration and simulated telephone systems, to try things out by hand."""

from argparse import ArgumentParser, Namespace
import asyncio
from contextlib import AsyncExitStack, suppress
from pathlib import Path
import shutil
import signal
import sys

from tests.live.api import Api
from tests.live.config_dir import REPOSITORY
from tests.live.demo_house import HOUSE, furnish
from tests.live.demo_systems import DemoSystem, all_systems
from tests.live.instance import LiveHomeAssistant
from tests.live.network import listens, until
from tests.live.process import PythonProcess
from tests.live.rest import ApiError
from tests.live.sign_in import PASSWORD, USERNAME
from tests.ports import LOCALHOST

FOLDER = REPOSITORY / ".develop"
SIMULATOR_TIMEOUT = 60
# What a process of Home Assistant ends with when somebody chose "Restart" in its menus.
RESTART_EXIT_CODE = 100


async def develop(options: Namespace) -> None:
    """Start everything, add the telephone systems, and keep it up until somebody stops it."""
    systems = all_systems()
    await _check_ports(options.port, *(system.port for system in systems))
    if options.fresh:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(exist_ok=True)
    _cancel_at_sigterm()
    async with AsyncExitStack() as stack:
        for system in systems:
            await _start_simulator(stack, system)
        print("Starting Home Assistant …", flush=True)
        live = LiveHomeAssistant(FOLDER, host=options.host, port=options.port, configuration=HOUSE)
        await stack.enter_async_context(live)
        for system in systems:
            await _add(live.api, system)
        await furnish(live.api)
        _greet(live, systems)
        while await live.process.wait() == RESTART_EXIT_CODE:
            await live.restart()
    sys.exit(f"Home Assistant has ended, see {live.process.log_file}")


async def _check_ports(*ports: int) -> None:
    """Refuse to start where a port is taken."""
    for port in ports:
        if await listens(port):
            sys.exit(f"Port {port} is in use. Is the demonstration running already?")


def _cancel_at_sigterm() -> None:
    """Let SIGTERM clean up the way Ctrl-C does."""
    if task := asyncio.current_task():
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


async def _start_simulator(stack: AsyncExitStack, system: DemoSystem) -> None:
    """Start a simulated PBX and wait until it listens."""
    module, arguments = system.command
    log_file = FOLDER / f"{system.name}.log"
    process = PythonProcess(module, arguments, folder=REPOSITORY, log_file=log_file)
    await stack.enter_async_context(process)
    async with asyncio.timeout(SIMULATOR_TIMEOUT):
        await until(lambda: _is_up(process, system))


async def _is_up(process: PythonProcess, system: DemoSystem) -> bool:
    """Return whether a simulated PBX listens; give up where it has ended."""
    if not process.running:
        sys.exit(f"The simulated {system.name} did not start, see {process.log_file}")
    return await listens(system.port)


async def _add(api: Api, system: DemoSystem) -> None:
    """Add a PBX through its config flow, which stops by itself where the PBX has been added before."""
    try:
        result = await api.config_flow.run("pbx", *system.answers)
    except ApiError as error:
        print(f"{system.name} could not be added: {error}")
        return
    if result.get("errors"):
        print(f"{system.name} could not be added: {result['errors']}, see the logs in {_relative(FOLDER)}")


def _greet(live: LiveHomeAssistant, systems: tuple[DemoSystem, ...]) -> None:
    """Tell a newcomer where everything is."""
    lines = {
        "Home Assistant": live.url,
        "Login": f"{USERNAME} / {PASSWORD}",
        **{_name(system): f"{LOCALHOST}:{system.port}  {system.login}" for system in systems},
        "Log": _relative(live.process.log_file),
    }
    print()
    for name, value in lines.items():
        print(f"  {name:<22} {value}")
    print(f"\nCtrl-C stops all of it. {_relative(FOLDER)} is kept; --fresh starts without it.", flush=True)


def _name(system: DemoSystem) -> str:
    return f"{'Genuine' if system.is_genuine else 'Simulated'} {system.name}"


def _relative(path: Path) -> str:
    """Return a path as seen from the repository."""
    return str(path.relative_to(REPOSITORY))


def _options() -> Namespace:
    """Read the command line."""
    parser = ArgumentParser(prog="scripts/develop", description=__doc__)
    parser.add_argument("--port", type=int, default=8123, help="port of Home Assistant")
    parser.add_argument("--host", default=LOCALHOST, help="address to listen on; 0.0.0.0 for all")
    parser.add_argument("--fresh", action="store_true", help="forget all of earlier runs first")
    return parser.parse_args()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(develop(_options()))
    print("Stopped.")
