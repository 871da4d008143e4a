"""What an idle PBX is asked in an hour, and who forces it: counted at its simulator, in a loop that jumps."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from custom_components.pbx.protocols.enums import ObjectKind
from custom_components.pbx.protocols.session import WantedSettings
from tests.faults.columns import COLUMNS
from tests.faults.loop import run
from tests.faults.scene import Scene, scene_of, until

# One way of each system, the one that most PBXs of it have.
IDLE_COLUMNS = ("axeos", "innovaphone", "switchvox websocket", "ipcortex", "asterisk")
# A PBX counts as idle after this, in seconds: by then nothing is read for the first time any more.
SETTLED = 900.0
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Reason:
    """Who forces a request: the protocol itself, or what would be missed without it.

    `kinds` are the objects for which it is made more often, while their settings are wanted by an enabled
    entity, a trigger or an open dashboard.
    """

    text: str = ""
    protocol: bool = False
    kinds: frozenset[ObjectKind] = frozenset()


def _wanted(*kinds: ObjectKind, text: str = "") -> Reason:
    return Reason(text, kinds=frozenset(kinds))


LOST_EVENT = "an event may be lost"
NEWCOMERS = "no event tells of objects that come and go"
REVOKED = "no event tells that a right was taken away"
OF_SCRIPT = "read beside the script, which does not have it"
REASONS: dict[str, dict[str, Reason]] = {
    "axeos": {
        "GET /apis/pbx/events": Reason("news comes as the answer to a long poll", protocol=True),
        "GET /apis/pbx/phones": Reason(LOST_EVENT),
        "GET /apis/pbx/voicemail": Reason(LOST_EVENT),
        "GET /apis/pbx/users": _wanted(ObjectKind.USER, text=LOST_EVENT),
        "GET /apis/pbx/switches": _wanted(ObjectKind.SWITCH, text=LOST_EVENT),
        "GET /apis/pbx/acd/stats": _wanted(ObjectKind.QUEUE),
    },
    "innovaphone": {
        "KeepAlive": Reason("what is silent for a minute is cut", protocol=True),
        "PbxAccountApi.AccountInfo": Reason(NEWCOMERS),
        "PbxAdminApi.GetBooleans": _wanted(ObjectKind.SWITCH),
        "PbxAdminApi.GetPbxConfig": Reason(REVOKED),
        "PbxApi.GetNodeInfo": Reason(REVOKED),
        "RCC.Devices": Reason(REVOKED),
    },
    "switchvox websocket": {
        "switchvox.callQueues.getCurrentStatus": _wanted(ObjectKind.QUEUE),
        "switchvox.users.callQueues.getTodaysStatus": _wanted(ObjectKind.QUEUE),
        "switchvox.users.presence.getInfo": _wanted(ObjectKind.USER),
        "switchvox.users.voicemail.getList": _wanted(ObjectKind.MAILBOX),
        "switchvox.currentCalls.getList": Reason("it may accept a subscription and then tell nothing"),
        "switchvox.extensions.search": Reason(NEWCOMERS),
    },
    "ipcortex": {
        "POST /sim/time": Reason("a feed without a word may be dead", protocol=True),
        "GET /api/api.js": Reason("a script that was replaced works no more"),
        "POST /rest/dialplan/read": _wanted(ObjectKind.SWITCH, text=OF_SCRIPT),
        "POST /rest/dialplan/active": Reason(OF_SCRIPT),
        "POST /rest/dialplan/inactive": Reason(OF_SCRIPT),
        "POST /rest/dialplan/readlink": Reason(OF_SCRIPT),
        "POST /rest/dialplan/readnames": Reason(OF_SCRIPT),
        "POST /rest/ops/read": Reason(OF_SCRIPT),
    },
    "asterisk": {
        "Ping": Reason("a connection without a word may be dead", protocol=True),
        "CoreShowChannels": Reason(LOST_EVENT),
        "ParkedCalls": Reason(LOST_EVENT),
        "DBGetTree": _wanted(ObjectKind.USER, ObjectKind.SWITCH, text=NEWCOMERS),
        "QueueStatus": _wanted(ObjectKind.QUEUE, text=LOST_EVENT),
        "MailboxCount": _wanted(ObjectKind.MAILBOX, text=LOST_EVENT),
        "VoicemailUsersList": _wanted(ObjectKind.MAILBOX, text=NEWCOMERS),
        "DeviceStateList": Reason(LOST_EVENT),
        "PresenceStateList": Reason(LOST_EVENT),
        "PJSIPShowContacts": Reason(LOST_EVENT),
        "PJSIPShowEndpoints": Reason(NEWCOMERS),
        "PJSIPShowRegistrationsOutbound": Reason(NEWCOMERS),
        "ListCommands": Reason(REVOKED),
        "ModuleCheck": Reason(REVOKED),
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleCost:
    """The requests by their names, and how often the session was opened anew."""

    column: str
    requests: Counter[str]
    reconnects: int

    @property
    def forced(self) -> int:
        """Return how many of them the protocol itself needs."""
        reasons = REASONS[self.column]
        return sum(
            count for name, count in self.requests.items() if name in reasons and reasons[name].protocol
        )

    @property
    def unexplained(self) -> set[str]:
        """Return the requests for which no reason is known."""
        return self.requests.keys() - REASONS[self.column].keys()


def explain(default: IdleCost, none: IdleCost) -> Iterator[tuple[str, int, str]]:
    """Yield each request with its number and who forces how many of them."""
    for name, count in sorted(default.requests.items(), key=lambda item: -item[1]):
        reason = REASONS[default.column].get(name, Reason())
        base = min(none.requests[name], count)
        if reason.protocol or not reason.kinds:
            yield name, count, f"{'the protocol: ' if reason.protocol else ''}{reason.text}"
            continue
        kinds = " or ".join(sorted(reason.kinds))
        parts = [f"{count - base} for what shows a {kinds}"] if count > base else []
        yield name, count, ", ".join([*parts, *([f"{base}: {reason.text}"] if base else [])])


def measure_idle(
    column: str, *, wanted: Iterable[ObjectKind], settled: float = SETTLED, seconds: float = HOUR
) -> IdleCost:
    """Return what an idle PBX is asked in so many seconds while settings of these kinds are wanted."""
    return run(_measure(column, frozenset(wanted), settled, seconds))


async def _measure(column: str, wanted: frozenset[ObjectKind], settled: float, seconds: float) -> IdleCost:
    async with scene_of(COLUMNS[column]) as scene, scene.watching() as watched:
        await until(lambda: scene.teller.ready, "following Anna")
        watched.session.watch(wanted)
        watched.session.watch_settings(WantedSettings(kinds=wanted))
        await asyncio.sleep(settled)
        before, opened = Counter(_list_requests(scene)), watched.opened
        await asyncio.sleep(seconds)
        requests = Counter(_list_requests(scene)) - before
        return IdleCost(column=column, requests=requests, reconnects=watched.opened - opened)


def _list_requests(scene: Scene) -> list[str]:
    """Return the names of all requests that a simulator had, whichever way it keeps them."""
    pbx: Any = scene.pbx
    if hasattr(pbx, "journal"):
        return [entry.method for entry in pbx.journal.entries]
    if not hasattr(pbx, "recorder"):
        return [request.action for request in pbx.requests]
    if hasattr(pbx.recorder, "messages"):
        return [message.name for message in pbx.recorder.messages]
    return [f"{request.method} {request.path}" for request in pbx.recorder.requests]
