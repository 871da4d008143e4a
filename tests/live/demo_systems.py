"""The simulated telephone systems of the demonstration, and how each is added."""

from dataclasses import dataclass
from typing import Any

from tests.genuine.install import find
from tests.ports import LOCALHOST
from tests.simulators.asterisk.small_world import LOGIN as ASTERISK_LOGIN
from tests.simulators.axeos.small_world import API_KEY as AXEOS_API_KEY
from tests.simulators.innovaphone.small_world import APP, APP_PASSWORD
from tests.simulators.ipcortex.small_world import ADMIN
from tests.simulators.switchvox.small_world import OWN, PASSWORD, small_world as switchvox_world


@dataclass(frozen=True, slots=True)
class DemoSystem:
    """One PBX, simulated or genuine: its name, its port, and the answers for the config flow.

    A word chooses from a menu, a mapping fills in a form.
    """

    name: str
    port: int
    answers: tuple[str | dict[str, Any], ...]
    is_genuine: bool = False

    @property
    def login(self) -> str:
        """Return what a person enters to log in, field by field."""
        form = self.answers[-1]
        assert isinstance(form, dict)
        sections = [value for name, value in form.items() if isinstance(value, dict) and name != "connection"]
        fields = [(name, value) for part in (form, *sections) for name, value in part.items()]
        return ", ".join(
            f"{name}: {value}" for name, value in fields if isinstance(value, str) and name != "host"
        )

    @property
    def command(self) -> tuple[str, tuple[str, ...]]:
        """Return the module that is to be run, and its arguments."""
        arguments = ("--port", str(self.port), "--demo")
        return (
            ("tests.genuine", arguments) if self.is_genuine else ("tests.simulators", (self.name, *arguments))
        )


def _asterisk(port: int) -> DemoSystem:
    """Return a genuine Asterisk with telephones, or a simulated one where there is none to be had."""
    connection = {"port": port, "tls": False, "trust": "off"}
    form = {"host": LOCALHOST, "username": ASTERISK_LOGIN[0], "password": ASTERISK_LOGIN[1]}
    answers = ("asterisk", {**form, "connection": connection})
    return DemoSystem("asterisk", port, answers, is_genuine=not isinstance(find(22), str))


def _axeos(port: int) -> DemoSystem:
    """Return the simulated Axeos PBX, reached with its API key."""
    connection = {"port": port, "tls": False, "trust": "off"}
    form = {"host": LOCALHOST, "api_key": AXEOS_API_KEY, "connection": connection}
    return DemoSystem("axeos", port, ("axeos", "axeos_api_key", form))


def _innovaphone(port: int) -> DemoSystem:
    """Return the simulated innovaphone PBX, reached as an App object."""
    connection = {"port": port, "tls": False, "trust": "off"}
    form = {"host": LOCALHOST, "app": APP, "password": APP_PASSWORD, "connection": connection}
    return DemoSystem("innovaphone", port, ("innovaphone", "innovaphone_app", form))


def _switchvox(port: int) -> DemoSystem:
    """Return the simulated Switchvox, reached as an extension with an administrator beside it."""
    name, password = switchvox_world().admin
    administrator = {"admin_username": name, "admin_password": password, "watch": "all"}
    connection = {"port": port, "tls": False, "trust": "off"}
    login = {"extension": OWN, "password": PASSWORD, "administrator": administrator}
    return DemoSystem(
        "switchvox", port, ("switchvox", {"host": LOCALHOST, "connection": connection, **login})
    )


def _ipcortex(port: int) -> DemoSystem:
    """Return the simulated IPCortex PABX, reached as a user."""
    connection = {"port": port, "tls": False, "trust": "off"}
    form = {"host": LOCALHOST, "username": ADMIN[0], "password": ADMIN[1], "connection": connection}
    return DemoSystem("ipcortex", port, ("ipcortex", "ipcortex_user", form))


SYSTEMS = (_axeos(8101), _innovaphone(8102), _switchvox(8103), _ipcortex(8104))


def all_systems() -> tuple[DemoSystem, ...]:
    """Return those that are always simulated, and the Asterisk that this machine can have."""
    return (*SYSTEMS, _asterisk(8105))
