"""Describe the messages that a client may send, and check them strictly."""

from collections.abc import Mapping
from typing import Any

TEXT, NUMBER, BOOL, OBJECT, LIST = (str,), (int,), (bool,), (dict,), (list,)
CAUSE = (int, str)
FORBIDDEN_COLUMNS = frozenset({"pwd", "t-allows"})
CONTACT = frozenset({"id", "name", "num", "dsp", "presence", "dialog", "ext"})
MOST_TYPES = 5
MOST_CHARACTERS = 65535
DIVERSION_TYPES = frozenset({"cfu", "cfb", "cfnr"})

type Fields = Mapping[str, tuple[type, ...]]

DESTINATION: Fields = {"e164": TEXT, "h323": TEXT, "cn": TEXT}
WHO: Fields = {"sip": TEXT, "num": TEXT}
USER: Fields = {"sip": TEXT, "guid": TEXT}

BASE: dict[str, Fields] = {
    "AppChallenge": {"user": TEXT, "appObj": TEXT},
    "AppLogin": dict.fromkeys(("app", "domain", "sip", "guid", "dn", "digest", "pbxObj"), TEXT)
    | {"info": OBJECT},
    "KeepAlive": {},
}
APIS: dict[str, dict[str, Fields]] = {
    "PbxApi": {
        "SubscribePresence": WHO,
        "UnsubscribePresence": WHO,
        "SetPresence": {**USER, "contact": TEXT, "activity": TEXT, "note": TEXT},
        "SubscribeProfile": {},
        "UnsubscribeProfile": {},
        "AddProfile": {"name": TEXT},
        "DelProfile": {"id": NUMBER},
        "UpdateProfile": {"id": NUMBER, "name": TEXT},
        "AddProfileContact": {"id": NUMBER, "name": TEXT, "contact": OBJECT},
        "DelProfileContact": {"id": NUMBER, "contact": OBJECT},
        "UpdateProfileContact": {"id": NUMBER, "contact": OBJECT},
        "GetNodeInfo": {},
        "AddAlienCall": {},
        "DelAlienCall": {"id": NUMBER},
        "AddDiversion": {**USER, "type": TEXT, "ep-sip": TEXT, "ep-num": TEXT},
        "DelDiversion": {**USER, "type": TEXT},
        "GetDiversion": {**USER, "type": TEXT},
        "AppNotify": {"sip": TEXT, "link": TEXT, "title": TEXT, "text": TEXT},
    },
    "RCC": {
        "Initialize": {"grp": BOOL, "calls": BOOL, "limit": NUMBER},
        "Devices": {"cn": TEXT},
        "UserInitialize": {"cn": TEXT, "xfer": BOOL, "disc": BOOL, "hw": TEXT},
        "UserEnd": {"user": NUMBER},
        "UserCall": {
            "user": NUMBER, **DESTINATION, "srce164": TEXT, "rc": NUMBER, "ftyNoCF": BOOL, "audio": BOOL,
        },
        "UserClear": {"call": NUMBER, "cause": CAUSE},
        "UserConnect": {"call": NUMBER},
        "UserHold": {"call": NUMBER, "remote": BOOL},
        "UserRetrieve": {"call": NUMBER},
        "UserTransfer": {"a": NUMBER, "b": NUMBER},
        "UserRedirect": {"call": NUMBER, **DESTINATION, "rc": NUMBER},
        "UserReroute": {"call": NUMBER, **DESTINATION},
        "UserPickup": {"user": NUMBER, "call": NUMBER, "cn": TEXT},
        "UserPark": {"call": NUMBER, "cn": TEXT, "position": NUMBER},
        "UserDTMF": {"call": NUMBER, "dtmf": TEXT, "recv": BOOL},
    },
    "PbxTableUsers": {
        "ReplicateStart": {
            "add": BOOL, "del": BOOL, "columns": OBJECT, "pseudo": LIST, "guid": TEXT, "usn": (str, int),
        },
        "ReplicateNext": {},
    },
    "PbxAdminApi": {
        "GetBooleans": {},
        "GetRegs": {"guid": TEXT, "cn": TEXT},
        "GetPbxConfig": {},
        "MonitorConfig": {"stop": BOOL},
        "GetPbxLicenses": {},
    },
    "PbxAccountApi": {"AccountInfo": {"guid": TEXT, "usn": TEXT, "ausn": TEXT}},
}  # fmt: skip
REQUIRED: dict[str, frozenset[str]] = {
    "AppLogin": frozenset({"digest"}),
    "SetPresence": frozenset({"activity"}),
    "AddProfile": frozenset({"name"}),
    "DelProfile": frozenset({"id"}),
    "UpdateProfile": frozenset({"id", "name"}),
    "AddProfileContact": frozenset({"contact"}),
    "DelProfileContact": frozenset({"id", "contact"}),
    "UpdateProfileContact": frozenset({"id", "contact"}),
    "DelAlienCall": frozenset({"id"}),
    "AppNotify": frozenset({"sip", "title", "text"}),
    "Devices": frozenset({"cn"}),
    "UserInitialize": frozenset({"cn"}),
    "UserEnd": frozenset({"user"}),
    "UserCall": frozenset({"user"}),
    "UserTransfer": frozenset({"a", "b"}),
    "UserPickup": frozenset({"user"}),
    "UserDTMF": frozenset({"call", "dtmf"}),
    "ReplicateStart": frozenset({"columns"}),
} | {
    name: frozenset({"call"})
    for name in (
        "UserClear", "UserConnect", "UserHold", "UserRetrieve", "UserRedirect", "UserReroute", "UserPark",
    )
}  # fmt: skip
ONE_OF: dict[str, tuple[str, ...]] = {
    "SubscribePresence": ("sip", "num"),
    "UnsubscribePresence": ("sip", "num"),
    "SetPresence": ("sip", "guid"),
    "AddDiversion": ("sip", "guid"),
    "DelDiversion": ("sip", "guid"),
    "GetDiversion": ("sip", "guid"),
    "UserCall": ("e164", "h323", "cn"),
    "UserRedirect": ("e164", "h323", "cn"),
    "UserReroute": ("e164", "h323", "cn"),
    "GetRegs": ("guid", "cn"),
}


def violation(text: str, message: Any) -> str | None:
    """Return how a message breaks the protocol, None if it does not."""
    if len(text) > MOST_CHARACTERS:
        return "message too long"
    if not isinstance(message, dict) or not isinstance(message.get("mt"), str):
        return "no object with mt"
    fields = _fields(message)
    if fields is None:
        return f"unknown message {message.get('api')}.{message['mt']}"
    return _fields_violation(message, fields) or _special_violation(message)


def _fields(message: dict[str, Any]) -> Fields | None:
    if "api" not in message:
        return BASE.get(message["mt"])
    return APIS.get(str(message["api"]), {}).get(message["mt"])


def _fields_violation(message: dict[str, Any], fields: Fields) -> str | None:
    name = message["mt"]
    for key, value in message.items():
        if key in {"mt", "api"} or (key == "src" and isinstance(value, str) and "api" in message):
            continue
        if key not in fields:
            return f"{name} knows no field {key}"
        if type(value) not in fields[key]:
            return f"{name}: {key} is a {type(value).__name__}"
    if missing := REQUIRED.get(name, frozenset()) - message.keys():
        return f"{name} lacks {min(missing)}"
    if name in ONE_OF and not any(message.get(key) for key in ONE_OF[name]):
        return f"{name} names nobody"
    return None


def _special_violation(message: dict[str, Any]) -> str | None:
    if message["mt"].endswith("Diversion") and message.get("type") not in DIVERSION_TYPES:
        return "unknown type of diversion"
    if message["mt"] == "UpdateProfileContact" and message["contact"].keys() != CONTACT:
        return "a contact that is not whole"
    if message["mt"] == "Initialize" and message.get("limit", 1) > 50:
        return "more than 50 users a tick"
    return _replication_violation(message) if message["mt"] == "ReplicateStart" else None


def _replication_violation(message: dict[str, Any]) -> str | None:
    if len(message.get("pseudo", ())) > MOST_TYPES:
        return "too many types of objects"
    if FORBIDDEN_COLUMNS & message["columns"].keys() or any(message["columns"].values()):
        return "columns that nobody should ask for"
    return None
