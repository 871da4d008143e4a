"""What each system sends of a call that rings, is answered and ends, and what reads it, up to the hub."""

from collections.abc import Callable, Iterable
import json
from typing import Any, Protocol, override

from custom_components.pbx.protocols.asterisk.calls import CallBook as AsteriskBook
from custom_components.pbx.protocols.asterisk.decode import Endpoint, Extension
from custom_components.pbx.protocols.asterisk.directory import Directory as AsteriskDirectory
from custom_components.pbx.protocols.asterisk.feed import Feed as AsteriskFeed
from custom_components.pbx.protocols.asterisk.questions import Questions
from custom_components.pbx.protocols.asterisk.rights import Rights
from custom_components.pbx.protocols.asterisk.wire import Splitter
from custom_components.pbx.protocols.axeos.calls import OpenCalls
from custom_components.pbx.protocols.axeos.decode_objects import ListKind
from custom_components.pbx.protocols.axeos.directory import Directory as AxeosDirectory
from custom_components.pbx.protocols.axeos.feed import EventFeed
from custom_components.pbx.protocols.axeos.settings import AxeosSettings
from custom_components.pbx.protocols.changes import Change
from custom_components.pbx.protocols.enums import LineStatus, UserPhoneType
from custom_components.pbx.protocols.innovaphone.feed import Feed as InnovaphoneFeed
from custom_components.pbx.protocols.ipcortex.directory import Directory as IpcortexDirectory
from custom_components.pbx.protocols.json_text import parse_json
from custom_components.pbx.protocols.model import PbxObject, Phone, User, UserPhone
from custom_components.pbx.protocols.session import Clock
from custom_components.pbx.protocols.switchvox.calls import CallBook
from custom_components.pbx.protocols.switchvox.channels import UnclaimedDials
from custom_components.pbx.protocols.switchvox.decode_calls import LINE_TOPIC
from custom_components.pbx.protocols.switchvox.directory import Account, Directory
from custom_components.pbx.protocols.switchvox.feed import Feed
from custom_components.pbx.protocols.switchvox.socketio.packets import decode_event, repair

CALLER, CALLER_NAME = "5551234567", "Zoë"


class Wire(Protocol):
    """The reading side of one session, with so many people who have a phone each.

    `frames` are what the PBX sends of a call to one of the people, step by step; a call has a number of its
    own. `read` returns what a frame changes, `enter` only lets it in, as plain values that nobody decodes.
    """

    objects: list[PbxObject]

    def list_steps(self, call: int, person: int) -> list[list[str]]:
        """Return the frames of a call: those with which it rings, is answered, and ends."""

    def read(self, frame: str) -> Iterable[Change]:
        """Return what a frame changes."""

    def enter(self, frame: str) -> Any:
        """Return the values of a frame, which is one JSON text unless a system says otherwise."""
        return parse_json(frame)


class AxeosWire(Wire):
    """Events of an Axeos PBX, as it sends them to a long poll or through its socket."""

    def __init__(self, people: int) -> None:
        directory = AxeosDirectory(AxeosSettings(host="pbx.test", port=443, tls=True, api_key="key"))
        phones: list[PbxObject] = [
            Phone(id=f"p{index}", name=f"Phone {index}", status=LineStatus.IDLE, registered=True)
            for index in range(people)
        ]
        users: list[PbxObject] = [_make_axeos_user(index) for index in range(people)]
        directory.update_list(ListKind.PHONES, phones, ())
        directory.update_list(ListKind.USERS, users, ())
        self.objects = [*phones, *users]
        self._feed = EventFeed(directory, OpenCalls(), lambda kind: None, lambda: None)
        self._sent = 0

    @override
    def list_steps(self, call: int, person: int) -> list[list[str]]:
        phone, user = f"p{person}", f"u{person}"
        common = {
            "unique_id": f"1795311575.{call}",
            "caller": {"number": CALLER, "name": CALLER_NAME, "normalized_number": f"+31{CALLER}"},
            "called_extension": str(1000 + person),
            "called_did": "+31201234567",
        }
        target = {
            "unique_id": f"1795311575.{call}.1",
            "user_uuid": user,
            "phone_uuid": phone,
            "user_phone_type": "sip",
        }
        return [
            [
                self._event("incoming_call", **common),
                self._event("internal_dial", **common, targets=[target]),
                self._event("phone_status_update", phone_uuid=phone, status_code=8, status="Ringing"),
            ],
            [
                self._event("phone_status_update", phone_uuid=phone, status_code=1, status="In Use"),
                self._event("call_answered", **common, target=target),
            ],
            [
                self._event("call_finished", **common, reason="hangup"),
                self._event("phone_status_update", phone_uuid=phone, status_code=0, status="Idle"),
            ],
        ]

    def _event(self, name: str, **fields: Any) -> str:
        self._sent += 1
        head = {"event_type": name, "seq": self._sent, "timestamp": "2026-11-22T10:00:00Z"}
        return json.dumps({**head, **fields}, ensure_ascii=False)

    @override
    def read(self, frame: str) -> Iterable[Change]:
        return self._feed.handle_events([parse_json(frame)])


def _make_axeos_user(index: int) -> User:
    place = UserPhone(type=UserPhoneType.PHONE, phone=f"p{index}", personal=True)
    return User(
        id=f"u{index}",
        name=f"Person {index}",
        number=str(1000 + index),
        phones=(place,),
        do_not_disturb=False,
        call_waiting=True,
    )


class InnovaphoneWire(Wire):
    """Messages of RCC and PbxApi of an innovaphone PBX, of users who are monitored and subscribed to."""

    def __init__(self, people: int) -> None:
        self._feed = InnovaphoneFeed()
        self._feed.handle_event({"mt": "KeepAlive"}, answer=False)
        for person in range(people):
            self.read(self._user(person))
            self.read(self._presence(person, None))
            self._feed.handles[f"g{person}"] = person + 1
        self.objects = list(self._feed.directory.shown.values())

    @override
    def list_steps(self, call: int, person: int) -> list[list[str]]:
        towards = 0x80
        return [
            [
                self._call(call, person, state=towards | 1, msg="x-setup"),
                self._call(call, person, state=towards | 4, msg="r-alert"),
                self._user(person, alert=1),
            ],
            [
                self._call(call, person, state=towards | 5, msg="r-conn"),
                self._user(person, channel=1),
                self._presence(person, "on-the-phone"),
            ],
            [
                self._call(call, person, state=towards | 7, msg="x-rel"),
                self._call(call, person, msg="del", **{"del": True}),
                self._user(person),
                self._presence(person, None),
            ],
        ]

    def _user(self, person: int, **counts: int) -> str:
        return json.dumps({
            "api": "RCC",
            "mt": "UserInfo",
            "src": "users",
            "update": "mod",
            "guid": f"g{person}",
            "cn": f"Person {person}",
            "dn": f"Person {person}",
            "h323": f"person{person}",
            "e164": str(1000 + person),
            "pbx": "pbx",
            "regs": [{"hw": f"hw{person}"}],
            **counts,
        })  # fmt: skip

    def _call(self, call: int, person: int, **fields: Any) -> str:
        return json.dumps({
            "api": "RCC",
            "mt": "CallInfo",
            "src": f"u:g{person}",
            "user": person + 1,
            "call": 100_000 + call,
            "conf": f"{call:032x}",
            "time": 0,
            "peer": {"type": "peer", "e164": CALLER, "dn": CALLER_NAME},
            **fields,
        })  # fmt: skip

    def _presence(self, person: int, activity: str | None) -> str:
        entry = {"contact": "tel:", "status": "open", **({"activity": activity} if activity else {})}
        message = {"api": "PbxApi", "mt": "PresenceUpdate", "src": f"p:g{person}"}
        return json.dumps({**message, "presence": [entry, {"contact": "im:", "status": "open"}]})

    @override
    def read(self, frame: str) -> Iterable[Change]:
        return self._feed.handle_event(parse_json(frame), answer=False)


class SwitchvoxWire(Wire):
    """Packets of the Realtime API of a Switchvox."""

    def __init__(self, people: int) -> None:
        self._accounts = [
            Account(id=str(5000 + index), number=str(2000 + index), name=f"Person {index}")
            for index in range(people)
        ]
        directory = Directory(self._accounts[0])
        for account in self._accounts:
            directory.add_account(account)
        directory.choose_watched(everybody=True, numbers=())
        self._feed = Feed(CallBook(directory, UnclaimedDials()), Clock())
        self.objects = [item for account in self._accounts for item in _make_switchvox_objects(account)]

    @override
    def list_steps(self, call: int, person: int) -> list[list[str]]:
        steps = enumerate(("ringing", "onThePhone", "idle"))
        return [[self._packet(call, self._accounts[person], step, status)] for step, status in steps]

    def _packet(self, call: int, account: Account, step: int, status: str) -> str:
        params = {
            "uniqueId": f"{call}.1",
            "status": status,
            "direction": "fromPbx",
            "account": {"accountId": int(account.key)},
            "endpoint": {"extension": account.number},
            # Calls that begin at the same moment may be one.
            "startTime": 1424980000100 + 60_000 * call,
            "serverTime": 1424980000100 + 60_000 * call + step,
            "remotes": [{"uniqueId": f"{call}.0", "endpoint": {"name": CALLER_NAME, "number": CALLER}}],
        }
        notification = {"jsonrpc": "2.0", "method": LINE_TOPIC, "params": params}
        return "42" + json.dumps(["notification", notification], ensure_ascii=False)

    @override
    def enter(self, frame: str) -> Any:
        return decode_event(repair(frame))

    @override
    def read(self, frame: str) -> Iterable[Change]:
        event = self.enter(frame)
        assert event is not None
        return self._feed.handle_event(LINE_TOPIC, event.argument["params"])


def _make_switchvox_objects(account: Account) -> tuple[PbxObject, PbxObject]:
    return account.make_phone(), account.make_user((), editable=True)


class IpcortexWire(Wire):
    """Records that the script of an IPCortex PABX hands out."""

    def __init__(self, people: int) -> None:
        self._directory = IpcortexDirectory()
        for person in range(people):
            contact = {"cID": str(person), "name": f"Person {person}", "uname": f"person{person}", "blf": 0}
            self.read(_record("Contact", str(person), contact))
            self.read(self._device(person))
        self.objects = list(self._directory.objects)

    @override
    def list_steps(self, call: int, person: int) -> list[list[str]]:
        return [
            [self._device(person, call, "ring", blf=2)],
            [self._device(person, call, "up", blf=1)],
            [self._device(person)],
        ]

    def _device(self, person: int, call: int = 0, state: str = "", blf: int = 0) -> str:
        fields = {
            "name": f"SIP/{person}",
            "label": f"Phone {person}",
            "extension": str(2000 + person),
            "extensions": [str(2000 + person)],
            "ownerID": str(person),
            "features": ["hold", "talk"],
            "blf": blf,
            "calls": [_make_ipcortex_call(call, f"SIP/{person}", state)] if state else [],
        }
        return _record("Device", f"SIP/{person}", fields)

    @override
    def read(self, frame: str) -> Iterable[Change]:
        return [
            change
            for record in parse_json(frame)
            for change in self._directory.update_record(record["type"], record["key"], record["fields"])
        ]


def _record(kind: str, key: str, fields: dict[str, Any]) -> str:
    return json.dumps([{"what": "object", "type": kind, "key": key, "fields": fields}], ensure_ascii=False)


def _make_ipcortex_call(call: int, device: str, state: str) -> dict[str, Any]:
    return {
        "uid": str(100_000 + call),
        "id": str(call),
        "name": CALLER_NAME,
        "number": CALLER,
        "stamp": 1795311575,
        "start": 1795311580 if state == "up" else None,
        "device": device,
        "party": "callee",
        "features": ["hold", "talk"],
        "state": state,
    }


class AsteriskWire(Wire):
    """Blocks of the manager interface of a plain Asterisk, of calls from a trunk to a phone."""

    def __init__(self, people: int) -> None:
        self._directory = AsteriskDirectory()
        for person in range(people):
            device, number = f"PJSIP/{1000 + person}", str(1000 + person)
            self._directory.set_endpoint(Endpoint(device=device, authenticates=True))
            self._directory.states[device] = "NOT_INUSE"
            self._directory.extensions[number] = Extension(number=number, devices=(device,))
        self._directory.set_extensions(list(self._directory.extensions.values()))
        book, clock = AsteriskBook(self._directory), Clock()
        questions = Questions(clock, 10.0)
        self._feed = AsteriskFeed(self._directory, book, Rights(), questions, lambda name: None)
        self._splitter = Splitter()
        self.objects = list(self._directory.create_objects().values())

    @override
    def list_steps(self, call: int, person: int) -> list[list[str]]:
        first, device = f"1795311575.{2 * call}", f"PJSIP/{1000 + person}"
        caller = _make_channel(first, first, f"PJSIP/trunk-{2 * call:08x}", CALLER, CALLER_NAME)
        callee = _make_channel(
            f"1795311575.{2 * call + 1}", first, f"{device}-{2 * call + 1:08x}", str(1000 + person), ""
        )
        caller |= {"ChannelStateDesc": "Ring", "Exten": str(1000 + person), "Context": "from-trunk"}
        callee |= {"ConnectedLineNum": CALLER, "ConnectedLineName": CALLER_NAME, "Exten": "s"}
        rings, up = callee | {"ChannelStateDesc": "Ringing"}, callee | {"ChannelStateDesc": "Up"}
        connected = caller | {"ConnectedLineNum": str(1000 + person)}
        talks = connected | {"ChannelStateDesc": "Up"}
        bridge = {"BridgeUniqueid": f"bridge-{call}", "BridgeType": "basic"}
        return [
            [
                _make_block("Newchannel", **caller),
                _make_block("Newchannel", **callee),
                _make_block("NewConnectedLine", **callee),
                _make_block("DialBegin", **caller, **_as_dialed(callee), DialString=str(1000 + person)),
                _make_block("Newstate", **rings),
                _make_block("DialState", **caller, **_as_dialed(rings), DialStatus="RINGING"),
                _make_block("DeviceStateChange", Device=device, State="RINGING"),
                _make_block("ExtensionStatus", Exten=str(1000 + person), Status="8"),
            ],
            [
                _make_block("Newstate", **up),
                _make_block("DialEnd", **caller, **_as_dialed(up), DialStatus="ANSWER"),
                _make_block("NewConnectedLine", **connected),
                _make_block("Newstate", **talks),
                _make_block("BridgeEnter", **bridge, **up),
                _make_block("BridgeEnter", **bridge, **talks),
                _make_block("DeviceStateChange", Device=device, State="INUSE"),
                _make_block("ExtensionStatus", Exten=str(1000 + person), Status="1"),
            ],
            [
                _make_block("HangupRequest", **talks, Cause="16"),
                _make_block("BridgeLeave", **bridge, **talks),
                _make_block("BridgeLeave", **bridge, **up),
                _make_block("Hangup", **talks, Cause="16"),
                _make_block("Hangup", **up, Cause="16"),
                _make_block("DeviceStateChange", Device=device, State="NOT_INUSE"),
                _make_block("ExtensionStatus", Exten=str(1000 + person), Status="0"),
            ],
        ]

    @override
    def enter(self, frame: str) -> Any:
        return list(self._splitter.feed(frame.encode()))

    @override
    def read(self, frame: str) -> Iterable[Change]:
        return [change for block in self.enter(frame) for change in self._feed.handle_event(block)]


def _make_block(name: str, **fields: str) -> str:
    lines = {"Event": name, "Privilege": "call,all", **fields}
    return "".join(f"{key}: {value}\r\n" for key, value in lines.items()) + "\r\n"


def _make_channel(unique: str, call: str, channel: str, number: str, name: str) -> dict[str, str]:
    return {
        "Channel": channel,
        "ChannelState": "4",
        "ChannelStateDesc": "Down",
        "CallerIDNum": number,
        "CallerIDName": name or "<unknown>",
        "ConnectedLineNum": "<unknown>",
        "ConnectedLineName": "<unknown>",
        "Language": "en",
        "AccountCode": "",
        "Context": "from-internal",
        "Exten": "",
        "Priority": "1",
        "Uniqueid": unique,
        "Linkedid": call,
    }


def _as_dialed(channel: dict[str, str]) -> dict[str, str]:
    """Return the fields of a channel as events show the one that is dialed."""
    return {f"Dest{name}": value for name, value in channel.items()}


WIRES: dict[str, Callable[[int], Wire]] = {
    "asterisk": AsteriskWire,
    "axeos": AxeosWire,
    "innovaphone": InnovaphoneWire,
    "ipcortex": IpcortexWire,
    "switchvox": SwitchvoxWire,
}
