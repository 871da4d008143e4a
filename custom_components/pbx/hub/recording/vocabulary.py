"""The words of the protocols: only what is among them is certain to be nobody's name.

They are taken from the sources of the decoders themselves, so a word that is understood is one that is kept.
"""

import ast
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
import re

_PROTOCOLS = Path(__file__).parents[2] / "protocols"
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,79}")
# Where a word of several begins: at a capital, and after digits.
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# What vendors send that no decoder asks for, and frames of HTTP and of sockets.
_FURTHER = """
    absolute access account active actor added address admin agent agents alert alias allow allowed amount
    application array attended audio auth available avatar away back base blf body bridge busy button calendar
    call callback called caller calls cancelled capabilities category cell center channel client closed
    codec codecs color conference config configuration connected connection contact content context cookie
    count country created current data database day days default deleted description destination device
    devices direct direction disabled display domain duplex duration email enabled encoding endpoint entry
    error errors event events expires extension extensions external failed favorite features field file first
    flag flags folder form format forwarding found free from full function gateway get global group groups
    handset header headers held history hold host hour hours html http https image inbound incoming index info
    information init input interface internal interval invite item items json key label language last level
    license limit line lines link list locale location locked log login logout mailbox manager max member
    members message messages method min minute mobile mode model module monitor month name names network new
    node none notification null number object off offline old online open operator option options order
    outbound outgoing owner page pages parameters params park parked parking part party password path pause
    paused peer penalty permission permissions person phone phones picture ping plain polling pool port post
    prefix presence priority profile property protocol provider put queue queues quality rank rate read ready
    reason received record recorded recording redirect refresh registered registrar registration remote remove
    removed reply request reset resource response result results ring ringing role roles room route rows rule
    script search second seconds secure select self send sent sequence serial server service session set
    settings shared show shown sip size slot source speed start state states static status stop stream string
    sub subject subscribe subscription success summary switch system tag tags target targets task template
    temporary test text theme time timeout timer timestamp timezone title token topic total transfer transport
    trunk type types uncategorized unique unit unknown unread update updated uptime upgrade upgrades url user
    users uuid value values variable vendor version video view visible voice voicemail volume wait waiting
    websocket week work year zone payload interval pinginterval pingtimeout maxpayload charset utf octet xml
    www sip sips tel mailto h323 im add del mod edit moved
    realm nonce opaque algorithm basic bearer digest application urlencoded javascript
"""


@cache
def get_words() -> frozenset[str]:
    """Return every word that the sources name, in lower case; reads files on its first use."""
    words = {word.lower() for text in _iter_texts() for word in _WORD.findall(text)}
    return frozenset(words | set(_FURTHER.split()))


@cache
def get_phrases() -> frozenset[str]:
    """Return every text of several words in the sources, in lower case; reads files on its first use."""
    return frozenset(text.casefold() for text in _iter_texts() if " " in text.strip() and len(text) < 80)


def split_words(name: str) -> list[str]:
    """Return the words of a name such as `callerIdNum` or `phone_status`, in lower case."""
    return [part.lower() for part in _PART.findall(name)]


@lru_cache(maxsize=4096)
def is_known(name: str) -> bool:
    """Return whether a name is a word of the protocols, or made of such words alone."""
    if name.lower() in get_words():
        return True
    parts = split_words(name) if _NAME.fullmatch(name) is not None else []
    return len(parts) > 1 and all(map(_is_known_part, parts))


def _is_known_part(part: str) -> bool:
    return len(part) < 3 if part.isdigit() else len(part) > 1 and part in get_words()


@cache
def _iter_texts() -> tuple[str, ...]:
    return tuple(text for path in sorted(_PROTOCOLS.rglob("*")) for text in _read_texts(path))


def _read_texts(path: Path) -> Iterator[str]:
    if path.suffix == ".py":
        yield from _find_literals(ast.parse(path.read_text(encoding="utf-8")))
    elif path.suffix == ".js":
        yield from _WORD.findall(path.read_text(encoding="utf-8"))


def _find_literals(tree: ast.Module) -> Iterator[str]:
    """Yield the texts in a source, without docstrings and what is raised."""
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise):
            skipped |= set(ast.walk(node))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(node.value)
        if node not in skipped and isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
