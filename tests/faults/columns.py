"""Every system, and each of its ways to bring news, as a column of the table of faults."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.components.parity.asterisk import AsteriskTeller
from tests.components.parity.axeos import AxeosTeller
from tests.components.parity.innovaphone import InnovaphoneTeller
from tests.components.parity.ipcortex import IpcortexTeller
from tests.components.parity.switchvox import SwitchvoxTeller
from tests.components.parity.teller import Teller
from tests.simulators.asterisk.small_world import LOGIN
from tests.simulators.axeos.small_world import OAUTH_CLIENT
from tests.simulators.ipcortex.small_world import ADMIN
from tests.simulators.switchvox import OWN, SwitchvoxSimulator
from tests.simulators.switchvox.dialect import Dialect, Transport

from .genuine_switchvox import GenuineSwitchvox, NewGenuineSwitchvox, OldGenuineSwitchvox, node_is_here

# Rights that are taken from a login and given back while the context lasts.
type Without = Callable[[Any, str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One way of one system, and what its simulator does wrong by itself."""

    name: str
    teller: Callable[..., Teller]
    # What the login has that the one of the teller has not.
    login: Mapping[str, Any]
    restart: Callable[[Any], None]
    # The credentials are others while the context lasts, and all connections are closed.
    changed_credentials: Callable[[Any], Any]
    # The names of the rights that can be withdrawn, each by `without`.
    rights: tuple[str, ...]
    without: Without
    # Whether a fresh session can ask for the calls that are open; where not, their number is compared.
    lists_calls: bool = True
    # The faults of the short form, None for all: what a column shares with another need not be played twice.
    short: frozenset[str] | None = None
    # What the PBX itself may do to its events, by the name of the fault.
    own: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)


# Asterisk


@contextmanager
def _asterisk_changed(pbx: Any) -> Iterator[None]:
    pbx.faults.refuse_logins = True
    pbx.drop()
    yield
    pbx.faults.refuse_logins = False


@contextmanager
def _asterisk_without(pbx: Any, right: str) -> Iterator[None]:
    """Take one right to ask and to do from the manager user."""
    user = pbx.world.users[LOGIN[0]]
    user.write.discard(right)
    yield
    user.write.add(right)


# Axeos


@contextmanager
def _axeos_changed(pbx: Any) -> Iterator[None]:
    pbx.faults.refuse_logins = True
    pbx.events.drop_pollers()
    yield
    pbx.faults.refuse_logins = False


@contextmanager
def _axeos_without(pbx: Any, right: str) -> Iterator[None]:
    """Answer 403 to one list, as the PBX does where the right for it is missing."""
    rule = pbx.faults.error(403, path=right)
    yield
    pbx.faults.rules.remove(rule)


_AXEOS_RIGHTS = (
    "/apis/pbx/users",
    "/apis/pbx/phones",
    "/apis/pbx/voicemail",
    "/apis/pbx/switches",
    "/apis/pbx/acd",
)


def _double(pbx: Any) -> None:
    pbx.faults.dialect.repeats = 2


def _axeos(name: str, login: Mapping[str, Any], *, v1: bool) -> Column:
    return Column(
        name=name,
        teller=lambda **serving: AxeosTeller(v1=v1, **serving),
        login=login,
        lists_calls=v1,
        restart=lambda pbx: pbx.restart(),
        changed_credentials=_axeos_changed,
        rights=_AXEOS_RIGHTS,
        without=_axeos_without,
        own={
            "buffer overflow": lambda pbx: pbx.events.overflow(),
            "sequence from 0": lambda pbx: pbx.events.restart(),
            "events lost": lambda pbx: pbx.events.drop(5),
            "events doubled": _double,
            "restart unseen": lambda pbx: pbx.restart_unseen(),
        },
    )


# innovaphone


@contextmanager
def _innovaphone_changed(pbx: Any) -> Iterator[None]:
    pbx.faults.refuse_logins = 10**6
    pbx.cut()
    yield
    pbx.faults.refuse_logins = 0


@contextmanager
def _innovaphone_without(pbx: Any, right: str) -> Iterator[None]:
    """Untick one API of the App object."""
    (app,) = pbx.world.apps.values()
    app.apis.discard(right)
    pbx.cut()
    yield
    app.apis.add(right)
    pbx.cut()


# Switchvox


@contextmanager
def _switchvox_changed(pbx: Any) -> Iterator[None]:
    account = pbx.world.account(OWN)
    before, account.password = account.password, "another"
    pbx.drop()
    yield
    account.password = before


@contextmanager
def _switchvox_without(pbx: Any, right: str) -> Iterator[None]:
    """Forbid one method of the Extend API."""
    pbx.dialect.extend.forbidden.add(right)
    yield
    pbx.dialect.extend.forbidden.discard(right)


def _repeat(pbx: Any) -> None:
    pbx.dialect.events.repeats = 2


def _reorder(pbx: Any) -> None:
    pbx.dialect.events.reordered = True


_SWITCHVOX_OWN: Mapping[str, Callable[[Any], Any]] = {
    "events doubled": _repeat,
    "events reordered": _reorder,
    "silent connections": lambda pbx: pbx.stall(),
}


def _switchvox(
    name: str,
    simulator: type[SwitchvoxSimulator] = SwitchvoxSimulator,
    own: Mapping[str, Callable[[Any], Any]] = _SWITCHVOX_OWN,
    short: frozenset[str] | None = None,
    **transport: Any,
) -> Column:
    return Column(
        name=name,
        teller=lambda **serving: SwitchvoxTeller(
            Dialect(transport=Transport(**transport)), simulator, **serving
        ),
        login={},
        restart=lambda pbx: pbx.restart(),
        changed_credentials=_switchvox_changed,
        rights=(
            "users.getMyInfo",
            "users.currentCalls.getList",
            "users.voicemail.getList",
            "users.presence.getInfo",
            "callQueues.getCurrentStatus",
        ),
        without=_switchvox_without,
        short=short,
        own=own,
    )


_OF_TRANSPORT = frozenset(
    {"refused", "reset", "half-open silence", "cut in mid-frame", "off and on", "restart"}
)


def _genuine() -> Iterator[Column]:
    """Yield the Switchvox with genuine servers of three lines, where those can be run."""
    if node_is_here():
        yield _switchvox(
            "switchvox genuine 1", OldGenuineSwitchvox, {"events doubled": _repeat}, _OF_TRANSPORT
        )
        yield _switchvox("switchvox genuine", GenuineSwitchvox, {"events doubled": _repeat}, _OF_TRANSPORT)
        yield _switchvox(
            "switchvox genuine 4", NewGenuineSwitchvox, {"events doubled": _repeat}, _OF_TRANSPORT
        )


# IPCortex


def _ipcortex_restart(pbx: Any) -> None:
    """Lose calls, logins and feeds; the script counts calls from 0 again."""
    for device in pbx.world.devices.values():
        device.calls.clear()
    pbx.expire_sessions()
    pbx.drop_feeds()


@contextmanager
def _ipcortex_changed(pbx: Any) -> Iterator[None]:
    pbx.faults.refuse_logins = True
    pbx.expire_sessions()
    pbx.drop_feeds()
    yield
    pbx.faults.refuse_logins = False


@contextmanager
def _ipcortex_without(pbx: Any, right: str) -> Iterator[None]:
    pbx.faults.forbidden.add(right)
    yield
    pbx.faults.forbidden.discard(right)


# Why the events of the other columns cannot come in another order than they happened in.
KEEPS_ORDER = {
    "asterisk": "the manager interface is one TCP stream",
    "axeos": "an answer lists events by their numbers, and the next one is asked for after it",
    "axeos v1": "one WebSocket, and events have numbers",
    "innovaphone": "one WebSocket for each API, and what it tells of one call comes by one of them",
    "switchvox genuine": "one stream of a genuine server, which keeps the order",
    "ipcortex": "the script asks for one answer after the other",
}

COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        Column(
            name="asterisk",
            teller=AsteriskTeller,
            login={},
            restart=lambda pbx: pbx.restart(announced=True),
            changed_credentials=_asterisk_changed,
            rights=("agent", "call", "originate", "message", "agi"),
            without=_asterisk_without,
            own={
                "flood": lambda pbx: pbx.flood(5000),
                "reload": lambda pbx: pbx.reload(),
                "bad bytes": lambda pbx: pbx.say_raw(b"Event: \xff\xfe\x00:\r\nno colon\r\n\r\n"),
            },
        ),
        _axeos("axeos", {}, v1=False),
        _axeos(
            "axeos v1",
            {"client_id": OAUTH_CLIENT[0], "client_secret": OAUTH_CLIENT[1]},
            v1=True,
        ),
        Column(
            name="innovaphone",
            teller=InnovaphoneTeller,
            login={},
            restart=lambda pbx: pbx.restart(),
            changed_credentials=_innovaphone_changed,
            rights=("PbxTableUsers", "PbxAdminApi", "PbxAccountApi", "PbxApi", "RCC"),
            without=_innovaphone_without,
        ),
        _switchvox("switchvox polling", websocket=False),
        _switchvox("switchvox websocket"),
        *_genuine(),
        Column(
            name="ipcortex",
            teller=IpcortexTeller,
            login={"username": ADMIN[0], "password": ADMIN[1]},
            restart=_ipcortex_restart,
            changed_credentials=_ipcortex_changed,
            rights=(
                "dialplan/read",
                "dialplan/readnames",
                "dialplan/readlink",
                "dialplan/active",
                "ops/read",
            ),
            without=_ipcortex_without,
            own={"new script": lambda pbx: pbx.upgrade("6.6.0")},
        ),
    )
}
