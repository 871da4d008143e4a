"""Hide names, numbers and secrets in what crosses the wire, in every way in which a PBX could."""

import base64
import json
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from custom_components.pbx.protocols.recorder import Door, Frame

NAMES = ("Wilhelmina", "Brückner", "O'Shaughnessy", "Þórunn", "Kowalczyk", "張偉", "Zoë", "Łukasz")
NUMBERS = ("+31201234567", "0301234567", "4930901820", "2025550143", "00442079460123")
SECRETS = (
    "hunter2trombone",
    "Tr0ub4dor&3",
    "eyJhbGciOiJIUzI1NiJ9.e30.x9",
    "d41d8cd98f00b204e9800998ecf8427e",
)
ADDRESSES = ("192.168.17.23", "pbx.bruckner-gmbh.de", "wilhelmina@bruckner.example.org", "00:90:33:1a:2b:3c")
# Fields for people, and such as nobody has thought of.
FIELDS = (
    "name",
    "number",
    "displayName",
    "note",
    "email",
    "caller",
    "extra",
    "zzz",
    "value",
    "uuid",
    "calls",
    "count",
)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


_WAYS = (
    str,
    str.upper,
    lambda text: quote(text, safe=""),
    _base64,
    lambda text: text.encode().hex(),
    lambda text: f'"{text}" <sip:{text}@{text}>',
    lambda text: f"PJSIP/{text}-0000001a",
    lambda text: json.dumps({"name": text, "zzz": [text]}),
    lambda text: json.dumps({"name": json.dumps([text])}),
    lambda text: f"Please call {text} back about the operation",
    lambda text: f"https://{text}:{text}@host/{text}?q={text}",
    lambda text: f"{text}={text}&x={text}",
)

PLANTED = st.sampled_from(NAMES + NUMBERS + SECRETS + ADDRESSES)
HIDDEN = st.builds(lambda text, way: way(text), PLANTED, st.sampled_from(_WAYS))
_LEAVES = HIDDEN | st.integers(0, 300) | st.booleans() | st.none() | st.just("anonymous")
_RECORDS = st.dictionaries(st.sampled_from(FIELDS), _LEAVES, min_size=1, max_size=4)
# Keys that are people themselves stand beside each other, and beside no field.
_BY_NAME = st.dictionaries(HIDDEN, _LEAVES, min_size=1, max_size=3)
VALUES = st.recursive(
    _RECORDS | _BY_NAME,
    lambda inner: st.dictionaries(st.sampled_from(FIELDS), inner, max_size=3) | st.lists(inner, max_size=3),
    max_leaves=8,
)


def _http(value: Any, word: str) -> list[dict[str, Any]]:
    asked = {
        "method": "POST",
        "path": f"/apis/pbx/users/{quote(word)}",
        "query": [("q", word)],
        "json": value,
    }
    body = json.dumps(value).encode()
    headers = {
        "Content-Type": f"application/json; x={quote(word)}",
        "Location": f"http://{quote(word)}/{quote(word)}",
    }
    return [{"kind": "request", **asked}, {"kind": "answer", "status": 200, "headers": headers, "body": body}]


def _form(value: Any, word: str) -> list[dict[str, Any]]:
    data = {"grant_type": "password", "username": word, "password": word, word: word}
    return [{"kind": "request", "method": "POST", "path": "/t", "query": [], "json": None, "data": data}]


def _page(value: Any, word: str) -> list[dict[str, Any]]:
    page = f"<html><b>{word}</b>{json.dumps(value, ensure_ascii=False)}</html>".encode("utf-16")
    return [
        {"kind": "answer", "status": 500, "headers": {"WWW-Authenticate": f"Digest {word}"}, "body": page}
    ]


def _socket(value: Any, word: str) -> list[dict[str, Any]]:
    message = json.dumps({"mt": "PresenceUpdate", "api": "PbxApi", "zzz": value})
    opened = {"kind": "open", "path": "/x", "query": [("q", word)]}
    return [opened, {"kind": "received", "message": message}]


def _packet(value: Any, word: str) -> list[dict[str, Any]]:
    packet = "42" + json.dumps(["notification", value])
    counted = f"{len(packet)}:{packet}2:40"
    return [
        {"kind": "received", "message": packet},
        {"kind": "answer", "status": 200, "headers": {}, "body": counted},
    ]


def _block(value: Any, word: str) -> list[dict[str, Any]]:
    block = {"Event": "Newchannel", "CallerIDName": word, "Channel": f"PJSIP/{word}", "X": json.dumps(value)}
    login = {"Action": "Login", "Username": word, "Key": word, "Secret": word}
    return [{"kind": "received", "block": block}, {"kind": "sent", "block": login}]


def _script(value: Any, word: str) -> list[dict[str, Any]]:
    record = {"what": "object", "type": "Device", "key": f"SIP/{word}", "fields": value}
    return [
        {"kind": "report", "record": record},
        {"kind": "call", "name": "act", "values": ("Call", word, value)},
    ]


def _halves(value: Any, word: str) -> list[dict[str, Any]]:
    half = len(word) // 2
    return [{"kind": "received", "message": json.dumps({"zzz": part})} for part in (word[:half], word[half:])]


_DOORS = (
    (Door.HTTP, _http), (Door.HTTP, _form), (Door.HTTP, _page), (Door.WEBSOCKET, _socket),
    (Door.WEBSOCKET, _packet), (Door.LINES, _block), (Door.SCRIPT, _script), (Door.WEBSOCKET, _halves),
)  # fmt: skip


@st.composite
def recordings(draw: st.DrawFn) -> list[Frame]:
    """Return frames with something hidden in each."""
    frames = []
    for number, (door, make) in enumerate(draw(st.lists(st.sampled_from(_DOORS), min_size=1, max_size=4))):
        for content in make(draw(VALUES), draw(PLANTED)):
            kind = content.pop("kind")
            frames.append(Frame(float(number), door, number, kind, content))
    return frames
