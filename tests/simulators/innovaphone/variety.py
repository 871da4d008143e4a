"""Speak the protocol as one of the many PBXs may that its text allows, the same way for the same seed."""

from collections.abc import Iterator
from random import Random
from typing import Any

from .dialect import Faults

type Message = dict[str, Any]

# Properties that are left out while they hold nothing; some firmware may send them all the same.
EMPTY: dict[str, dict[str, Any]] = {
    "UserInfo": {"alert": 0, "channel": 0, "regs": [], "pseudo": ""},
    "CallInfo": {"no": [], "dtmf": "", "del": False},
    "PresenceState": {"up": False, "email": ""},
    "SetPresenceResult": {"error": 0, "errorText": ""},
    "UserCallResult": {"error": ""},
    "GetDiversionResult": {"num": "", "sip": ""},
    "AccountInfoResult": {"info": {}},
}
# Messages that change nothing when they come twice.
REPEATABLE = frozenset({"CallInfo", "UserInfo", "PresenceUpdate", "PresenceState"})
UNKNOWN: tuple[Message, ...] = (
    {"mt": "StandbyBack"},
    {"api": "RCC", "mt": "LunarEclipse", "src": "rcc", "depth": [1, {"x": None}]},
    {"api": "PbxApi", "mt": "ProfileRenamed", "profile": None},
    {"api": "RCC", "mt": "UserInfo", "src": "rcc", "cn": ""},
)
# Requests that a busy PBX may refuse or leave unanswered once.
UNSTEADY = {
    "RCC.UserInitialize": ("silence", "refusal", "null"),
    "PbxApi.SubscribePresence": ("silence", "refusal"),
    "PbxTableUsers.ReplicateNext": ("refusal", "null"),
    "PbxAdminApi.GetBooleans": ("silence", "refusal", "null"),
}


class Variety:
    """Choose once what a PBX is like, and with each message how it is spelt."""

    def __init__(self, seed: int, faults: Faults) -> None:
        self._random = Random(seed)
        self._nulls = self._choose(True, False)
        self._empty = self._choose(True, False)
        self._repeats = self._choose(0.0, 0.3)
        self._chatter = self._choose(0.0, 0.1)
        self._extra = self._choose(True, False)
        # In which case words are written.
        self._case = self._choose(str, str, str.title, str.upper)
        self._update = self._choose("mod", "upd", "", 1)
        # What goes wrong once, and how.
        self._trouble = {
            name: self._choose(*troubles) for name, troubles in UNSTEADY.items() if self._choose(True, False)
        }
        self._set_up(faults)

    def _choose[T](self, *values: T) -> T:
        return self._random.choice(values)

    def _set_up(self, faults: Faults) -> None:
        faults.numeric_challenge = self._choose(True, False)
        faults.drop_src = self._choose(True, False, False)
        faults.deletion = self._choose("flag", "msg", "both")
        faults.info_as_object = self._choose(True, False)
        faults.answers_keepalive = self._choose(True, False)
        faults.fragment = self._choose(True, False)
        faults.pbx_info = self._choose(True, False)
        faults.on_the_phone_in_tel = self._choose(True, False)
        faults.calendar_contact = self._choose("calendar:", "cal:")
        faults.alert_as_bool = self._choose(True, False)
        faults.send_alert = self._choose(True, True, False)
        faults.nested_regs = self._choose(True, False)
        faults.interleave = self._choose(True, False)
        faults.diversions = self._choose(True, True, False)
        faults.replay_calls = self._choose(True, True, False)

    def get_trouble(self, name: str) -> str | None:
        """Return what goes wrong with a request this time: silence, refusal, null, or None for nothing."""
        return self._trouble.pop(name, None)

    def spell(self, message: Message) -> Iterator[Message]:
        """Yield what is sent in place of a message."""
        if self._random.random() < self._chatter:
            yield dict(self._choose(*UNKNOWN))
        body = self._respell(message)
        yield body
        if message.get("mt") in REPEATABLE and self._random.random() < self._repeats:
            yield body

    def _respell_source(self, source: Message) -> Message:
        words = {name: self._case(source[name]) for name in ("activity", "status") if source.get(name)}
        return source | words

    def _respell(self, message: Message) -> Message:
        body = {key: value for key, value in message.items() if value is not None and value is not False}
        if self._empty:
            body = EMPTY.get(str(message.get("mt")), {}) | body
        if self._nulls and message.get("mt") == "PresenceUpdate":
            body["presence"] = [
                {key: value or None for key, value in item.items()} for item in body["presence"]
            ]
        if message.get("mt") == "PresenceUpdate":
            body["presence"] = [self._respell_source(item) for item in body["presence"]]
        if message.get("mt") == "UserInfo" and body.get("update") not in {None, "del"}:
            body["update"] = self._update
        if self._extra:
            body |= {"x-new": {"list": [1, None]}, "licence": "ünknown \u202e"}
        items = list(body.items())
        self._random.shuffle(items)
        return dict(items)
