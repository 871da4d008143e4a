"""The simulated telephone systems of the demonstration, and how each is added."""

from dataclasses import dataclass
from typing import Any

from tests.live.network import LOCALHOST
from tests.simulators.axeos.small_world import API_KEY as AXEOS_API_KEY


@dataclass(frozen=True, slots=True)
class DemoSystem:
    """One simulated PBX: its name in `tests.simulators`, its port, and the answers for the config flow.

    A word chooses from a menu, a mapping fills in a form.
    """

    name: str
    port: int
    answers: tuple[str | dict[str, Any], ...]


def _axeos(port: int) -> DemoSystem:
    """Return the simulated Axeos PBX, reached with its API key."""
    connection = {"port": port, "tls": False, "verify_ssl": False}
    form = {"host": LOCALHOST, "api_key": AXEOS_API_KEY, "connection": connection}
    return DemoSystem("axeos", port, ("axeos", "axeos_api_key", form))


SYSTEMS = (_axeos(8101),)
