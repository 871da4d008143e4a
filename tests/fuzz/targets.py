"""What is fuzzed: each target takes arbitrary input and raises what must not happen.

The decoders of all systems are found by their modules, and their arguments made by their annotations, so that
a new decoder is fuzzed from its first day. The words in the source of a decoder are the members and values of
which its input is made.
"""

import ast
import asyncio
from collections.abc import Callable, Coroutine, Iterator
import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
import inspect
import json
from pathlib import Path
import random
import ssl
from types import ModuleType
from typing import Any

from aiohttp import ClientSession
from yarl import URL

from custom_components.pbx.config.report import Redactor
from custom_components.pbx.hub.number_masks import mask, mask_name, mask_raw
from custom_components.pbx.hub.number_patterns import matches_number, widen_number_pattern
from custom_components.pbx.hub.phone_numbers import normalize_number
from custom_components.pbx.protocols import phone_numbers
from custom_components.pbx.protocols.errors import PbxError
from custom_components.pbx.protocols.ipcortex.directory import Directory
from custom_components.pbx.protocols.ipcortex.host import ScriptBreach, ScriptHost
from custom_components.pbx.protocols.ipcortex.records import RecordHandler
from custom_components.pbx.protocols.json_text import clean_text, parse_json, to_inert_line
from custom_components.pbx.protocols.model import DialPlan
from custom_components.pbx.protocols.session import Link
from custom_components.pbx.protocols.shapes import shape
from custom_components.pbx.protocols.switchvox.socketio import packets

_PACKAGE = "custom_components.pbx.protocols"
_FOLDER = Path(__file__).parents[2] / "custom_components/pbx/protocols"
_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Target:
    """One function under fire; `run` takes a text or any JSON value, as `takes` says."""

    name: str
    run: Callable[[Any], object]
    takes: str
    words: tuple[str, ...] = ()


# Decoders


def _decoder_modules() -> Iterator[ModuleType]:
    for path in sorted(_FOLDER.glob("*/decode*.py")):
        yield import_module(f"{_PACKAGE}.{path.parent.name}.{path.stem}")


def _words_of(module: ModuleType) -> tuple[str, ...]:
    """Return the short texts in the source of a module."""
    tree = ast.parse(inspect.getsource(module))
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and 0 < len(node.value) < 30
    }
    return tuple(sorted(texts))


def _decoder(function: Callable[..., Any]) -> Callable[[Any], object] | None:
    """Return what calls a decoder with its input, None where its parameters are not plain data."""
    parameters = inspect.signature(function).parameters.values()
    needed = [item for item in parameters if item.default is item.empty]
    if any(item.kind is item.KEYWORD_ONLY for item in needed):
        return None
    makers = [_maker(str(item.annotation)) for item in needed if item.kind is not item.VAR_POSITIONAL]
    if not makers or None in makers:
        return None
    path = ("members", "member") if any(item.kind is item.VAR_POSITIONAL for item in needed) else ()

    def run(value: Any) -> object:
        try:
            result = function(*(make(value) for make in makers if make is not None), *path)
            return list(result) if isinstance(result, Iterator) else result
        except PbxError:
            return None

    return run


def _as_object(value: Any) -> Any:
    return value if isinstance(value, dict) else {"value": value}


def _as_block(value: Any) -> dict[str, str]:
    """Return a block of an Asterisk, which has nothing but texts."""
    return {
        name: item if isinstance(item, str) else json.dumps(item) for name, item in _as_object(value).items()
    }


# How an annotation begins or ends, and what makes an argument for it out of any JSON value.
_MAKERS: tuple[tuple[Callable[[str], bool], Callable[[Any], Any]], ...] = (
    (lambda text: text.startswith("collections.abc.Mapping[str, typing.Any]"), _as_object),
    (lambda text: text in {"JsonObject", "Fields"}, _as_object),
    (lambda text: text == "Block", _as_block),
    (lambda text: text == "collections.abc.Iterable[Block]", lambda value: [_as_block(value)]),
    (
        lambda text: text == "Tree",
        lambda value: {tuple(key.split("/")): text for key, text in _as_block(value).items()},
    ),
    (lambda text: text == "typing.Any", lambda value: value),
    (
        lambda text: text.startswith("collections.abc.Iterable[collections.abc.Mapping"),
        lambda value: [_as_object(value)],
    ),
    (lambda text: text in {"<class 'str'>", "str"}, str),
    (lambda text: text.endswith("| None"), lambda value: None),
    (lambda text: text.startswith("collections.abc.Mapping"), lambda value: {}),
    (lambda text: text.startswith("collections.abc.Sequence"), lambda value: ()),
    (lambda text: "datetime" in text, lambda value: _NOW),
    (lambda text: "frozenset" in text, lambda value: frozenset({"1101"})),
    (lambda text: text in {"<class 'int'>", "<class 'float'>", "int", "float"}, lambda value: 3),
)


def _maker(annotation: str) -> Callable[[Any], Any] | None:
    """Return what makes an argument of this annotation, None where nothing can."""
    return next((make for fits, make in _MAKERS if fits(annotation)), None)


def _decoders() -> Iterator[Target]:
    for module in _decoder_modules():
        words = _words_of(module)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            is_own = function.__module__ == module.__name__ and not name.startswith("_")
            run = _decoder(function) if is_own else None
            if run is not None:
                yield Target(f"{module.__name__.removeprefix(_PACKAGE)[1:]}.{name}", run, "json", words)


# What the script of an IPCortex says, to us and to its host


async def _drop(changes: object) -> None:
    """Take what is reported, and forget it."""


def _run_at_once(work: Coroutine[Any, Any, object]) -> None:
    """Run what never has to wait."""
    try:
        work.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")


def _script_records(value: Any) -> None:
    """Let the script say this by itself, and as the content of each of its records; one that waits breaks."""
    records = RecordHandler(Directory(), _drop, _drop)
    records.start_reports()
    said = [value, *({"what": what, "type": value, "key": value, **_as_object(value)} for what in _SAID)]
    said += [
        {"what": what, "type": kind, "key": "1", "fields": _as_object(value)}
        for what in ("object", "gone")
        for kind in _KINDS
    ]
    _run_at_once(records.handle_records(said))
    json.dumps(dict(records.statistics()))


def _script_wishes(value: Any) -> None:
    """Let a script that got at the bridge want this of its host, by itself and as each of its wishes."""
    asyncio.run(_wish([value, *({**_WISH, **_as_object(value), "kind": kind} for kind in _WISHES)]))


async def _wish(wishes: list[Any]) -> None:
    async with ClientSession() as http:
        link = Link(http=http, ssl=_UNTRUSTING)
        host = ScriptHost(URL("http://127.0.0.1:9"), link, _drop)
        for wish in wishes:
            with contextlib.suppress(ScriptBreach):
                host.carry_out([wish])
        await asyncio.sleep(0)
        await host.close()
        assert asyncio.all_tasks() == {asyncio.current_task()}


_UNTRUSTING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_SAID = ("object", "gone", "history", "lines", "lists", "met", "primed", "error", "odd")
_KINDS = ("Device", "Contact", "Extension", "Phone", "Queue", "Mailbox", "Address", "Odd")
_WISHES = (
    *("xhr", "xhr", "abort", "socket", "socket", "send", "close", "timer", "timer", "clear", "random"),
    *("log", "fault", "result", "report", "odd"),
)
# All that any wish has, of which the input replaces a part.
_WISH: dict[str, Any] = {
    **dict.fromkeys(("body", "mime")),
    **dict.fromkeys(("headers", "protocols"), ()),
    **dict.fromkeys(("data", "reason", "text"), ""),
    **dict.fromkeys(("bytes", "binary"), False),
    **dict.fromkeys(("timeout", "left"), 0),
    **dict.fromkeys(("id", "value", "record", "error"), 1),
    **dict.fromkeys(("ok", "repeat"), True),
    "method": "GET",
    "url": "/",
    "code": 1000,
    "delay": 60_000,
}
_BRIDGE_WORDS = (*_WISH, "GET", "/", "/1")


def _host_targets() -> Iterator[Target]:
    words = tuple({word for module in _decoder_modules() for word in _words_of(module)})
    yield Target("ipcortex.script records", _script_records, "json", words)
    yield Target("ipcortex.script host", _script_wishes, "json", _BRIDGE_WORDS)


# The door, packets, numbers and what hides them


def _check_json(value: Any) -> None:
    """Fail at what must not get through the door, level by level."""
    level = [value]
    while level:
        for item in level:
            if isinstance(item, str):
                item.encode()
                assert "\x00" not in item
            elif isinstance(item, int):
                assert abs(item) < 2**64
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in ((*item, *item.values()) if isinstance(item, dict) else item)
        ]


def _door(text: str) -> None:
    for raw in (text, text.encode(errors="surrogatepass")):
        try:
            value = parse_json(raw)
        except ValueError:
            continue
        _check_json(value)
        json.dumps(value, allow_nan=False)


def _clean(text: str) -> None:
    clean_text(text).encode()
    assert "\n" not in to_inert_line(text)


def _packets(text: str) -> None:
    packets.repair(text)
    packets.decode_event(text)
    packets.decode_hello(text)
    packets.revision_of(text)
    # A body may be damaged, which is told by ValueError.
    with contextlib.suppress(ValueError):
        packets.decode_body(text)


def _numbers(text: str) -> None:
    for country in (None, "NL", "US"):
        number = normalize_number(text, country, DialPlan(country_code="31", external_prefix="0"))
        assert number is None or number.startswith("+")
    dialable = phone_numbers.to_dialable(text)
    assert dialable is None or phone_numbers.to_dialable(dialable) == dialable
    phone_numbers.is_withheld(text)


def _masked(text: str) -> None:
    """Fail where more than the last digits of a number of the world get through any of the masks."""
    number = "31201234567"
    for hide in (mask, mask_name, mask_raw):
        hide(text)
        assert number not in str(hide(f"+{number}")), hide
        assert number not in str(hide(f"{clean_text(text)} +{number}")), hide


def _redacted(text: str) -> None:
    redactor = Redactor([text, "Anna de Vries"])
    assert "Anna de Vries" not in str(redactor.redact({"note": f"{text} Anna de Vries {text}"}))


def _patterns(text: str) -> None:
    matches_number(text, "+31201234567")
    widen_number_pattern(text)


TEXTS = (
    Target("json_text.parse_json", _door, "text", ('"\\ud800"', "[", "{", "1e999", "NaN", '{"a":')),
    Target("json_text.clean_text", _clean, "text"),
    Target("socketio.packets", _packets, "text", ("42[", '0{"sid":', "5:", '"pingInterval":', "40", "3")),
    Target("phone_numbers", _numbers, "text", ("sip:", "@", "+31", "tel:", ";ext=", "00", "anonymous")),
    Target("masking", _masked, "text", ("0201234567", "+31 20", "2026-03-01", "(0)", "p1234")),
    Target("redaction", _redacted, "text", ("Anna", "de Vries", " ")),
    Target("number_patterns", _patterns, "text", ("*", "?", "[*]", "[0-9]", "[", "]", "!")),
    Target("shapes", lambda text: shape({"a": [text], text: 1}), "text"),
)
TARGETS: dict[str, Target] = {target.name: target for target in (*_decoders(), *_host_targets(), *TEXTS)}


def make_value(dice: random.Random, words: tuple[str, ...], depth: int = 4) -> Any:
    """Return a JSON value made of words, as a hostile PBX might send it."""
    kind = dice.randrange(10 if depth else 7)
    if kind < 3:
        return dice.choice(words) if words else ""
    if kind == 3:
        return dice.choice((None, True, False, 0, -1, 1, 10**18, 1.5, -(10.0**300), 1e308))
    if kind == 4:
        return dice.choice(
            ("", " ", "\ufffd", "0", "-1", "1795982370", "1e400", "٣", "true", "x" * 300, "\u202e")
        )
    if kind < 7:
        return dice.randrange(-(2**33), 2**33)
    if kind == 7:
        return [make_value(dice, words, depth - 1) for _ in range(dice.randrange(4))]
    names = words or ("a",)
    return {dice.choice(names): make_value(dice, words, depth - 1) for _ in range(dice.randrange(6))}
