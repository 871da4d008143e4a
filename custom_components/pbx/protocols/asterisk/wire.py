"""Blocks of lines as the manager interface sends and takes them; nothing here waits."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import override

from ..errors import CommandFailed, ProtocolError
from ..json_text import clean_text
from ..phone_numbers import REMEMBERED

# The lines of one message by their names; those of the same name are joined by line breaks.
type Block = Mapping[str, str]

GREETING = "Asterisk Call Manager/"
_END = b"\r\n\r\n"
# The largest answer, a list of all commands, has 20,000 bytes.
LARGEST_BLOCK = 2**20
LONGEST_VALUE = 8192
MOST_LINES = 2000
# No event of a call is longer; the lines of those are remembered.
LONGEST_PLAIN = 2048
# Any of these in a value would begin another line, and so another action.
_BREAKS = frozenset("\r\n\0")
# A list of phones and trunks holds their secrets, none of which is of use here.
_SECRETS = frozenset({"password", "passworddigest", "md5cred", "secret", "refreshtoken", "oauthsecret"})

# Events that are known, and whose contents others tell as well.
PASSING = frozenset({
    "FullyBooted", "Shutdown", "Reload", "PeerStatus", "DialState", "AgentCalled", "AgentConnect",
    "AgentComplete", "AgentRingNoAnswer", "AgentDump", "BridgeCreate", "BridgeDestroy", "HangupRequest",
    "SoftHangupRequest", "ChallengeSent", "SuccessfulAuth", "LocalBridge", "LocalOptimizationBegin",
    "LocalOptimizationEnd", "AsyncAGIExec", "AsyncAGIEnd", "MusicOnHoldStart", "MusicOnHoldStop",
    "OriginateResponse", "ExtensionStatus", "ParkedCallSwap", "DTMFBegin", "DTMFEnd", "BridgeMerge",
    "QueueCallerAbandon", "Registry", "VarSet", "Newexten", "ChannelTalkingStart", "ChannelTalkingStop",
    "NewAccountCode", "HangupHandlerPush", "HangupHandlerRun", "AOC-D", "ChannelReload", "ModuleLoadReport",
    "InvalidPassword", "InvalidAccountID", "ChallengeResponseFailed", "ConfbridgeStart", "ConfbridgeEnd",
    "ConfbridgeJoin", "ConfbridgeLeave", "ConfbridgeTalking",
})  # fmt: skip
_PASSING_LINES = {f"Event: {name}".encode(): name for name in PASSING}


class PassingEvent(Mapping[str, str]):
    """An event of which nobody needs more than the name, as a rule; its lines are read once anybody does."""

    __slots__ = ("_lines", "_name", "_raw")

    def __init__(self, name: str, raw: bytes) -> None:
        self._name = name
        self._raw = raw
        self._lines: Block | None = None

    def _read(self) -> Block:
        if self._lines is None:
            self._lines = parse_block(self._raw)
        return self._lines

    @override
    def __getitem__(self, name: str) -> str:
        return self._name if name == "Event" else self._read()[name]

    def __bool__(self) -> bool:
        """Return that it has lines, which is known before they are read."""
        return True

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    @override
    def __len__(self) -> int:
        return len(self._read())


class Splitter:
    """Cut a stream of bytes into blocks."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[Block]:
        """Return the blocks that are complete now; raises ProtocolError where one is too large.

        What has no end yet is neither copied nor searched again, or a PBX that sends byte by byte would cost
        a second for each second.
        """
        # Most events come whole.
        is_whole = not self._rest and data.endswith(_END)
        raws = data[: -len(_END)].split(_END) if is_whole else self._cut(data)
        return list(filter(None, map(_read_block, raws)))

    def _cut(self, data: bytes) -> list[bytes]:
        """Return the blocks that are complete now, and keep the rest."""
        searched = max(0, len(self._rest) - len(_END) + 1)
        self._rest += data
        whole: list[bytes] = []
        if self._rest.find(_END, searched) >= 0:
            *whole, rest = bytes(self._rest).split(_END)
            self._rest = bytearray(rest)
        if len(self._rest) > LARGEST_BLOCK:
            raise ProtocolError("the PBX sends a message without an end")
        return whole


def _read_block(raw: bytes) -> Block:
    """Return a block; of a passing event only the name is read, unless somebody may wait for it by an id."""
    name = _PASSING_LINES.get(raw[: raw.find(b"\r\n")])
    return PassingEvent(name, raw) if name is not None and b"ActionID" not in raw else parse_block(raw)


def parse_block(raw: bytes) -> Block:
    """Return the lines of a block by their names; lines without a name and secrets are left out."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        # Old channels carry names in other encodings.
        text = "\r\n".join(_decode_line(line) for line in raw.split(b"\r\n"))
    if len(text) > LONGEST_PLAIN:
        return _parse_lines(text)
    lines = text.split("\r\n")
    try:
        block = dict(map(_split_line, lines))
    except ValueError:
        return _parse_lines(text)
    # Nearly every event is as simple as that.
    return block if len(block) == len(lines) else _parse_lines(text)


@lru_cache(maxsize=REMEMBERED)
def _split_line(line: str) -> tuple[str, str]:
    """Return name and value of a line; the events of a call repeat most of theirs, word for word.

    Raises ValueError for one without a name, and for a secret, which so is not remembered.
    """
    name, colon, value = clean_text(line).partition(":")
    if not colon or name.lower() in _SECRETS:
        raise ValueError("no plain line")
    return name, value.strip()


def _parse_lines(text: str) -> Block:
    block: dict[str, str] = {}
    for line in clean_text(text).split("\r\n", MOST_LINES)[:MOST_LINES]:
        name, colon, value = line.partition(":")
        if not colon or name.lower() in _SECRETS:
            continue
        value = value.strip()[:LONGEST_VALUE]
        known = block.get(name)
        block[name] = value if known is None else f"{known}\n{value}"[:LONGEST_VALUE]
    return block


def _decode_line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def encode_action(action: str, action_id: str, fields: Mapping[str, str | Sequence[str]]) -> bytes:
    """Return the bytes of an action; raises CommandFailed where a value would begin another line."""
    lines = [f"Action: {action}", f"ActionID: {action_id}"]
    for name, value in fields.items():
        lines += [f"{name}: {part}" for part in ([value] if isinstance(value, str) else value)]
    if any(not _BREAKS.isdisjoint(line) for line in lines):
        raise CommandFailed("invalid_text")
    return ("\r\n".join(lines) + "\r\n\r\n").encode(errors="replace")


def encode_variable(name: str, value: str) -> str:
    """Return a channel variable for `Variable:`, where commas separate several of them."""
    escaped = "".join(f"\\{letter}" if letter in '\\,"' else letter for letter in value)
    return f"{name}={escaped}"
