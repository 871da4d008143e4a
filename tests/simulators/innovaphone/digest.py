"""Check the digest of a login over the text as it came."""

import hashlib
import json
from typing import Any

FIELDS = ("app", "domain", "sip", "guid", "dn")


def raw_member(text: str, name: str) -> str | None:
    """Return the text of a member of the outermost object, just as it was sent."""
    decoder = json.JSONDecoder()
    position = text.index("{") + 1
    while (start := text.find('"', position)) >= 0:
        key, after = decoder.raw_decode(text, start)
        colon = text.index(":", after) + 1
        begin = colon + len(text[colon:]) - len(text[colon:].lstrip())
        _, end = decoder.raw_decode(text, begin)
        if key == name:
            return text[begin:end]
        position = end
    return None


def expected_digest(text: str, message: dict[str, Any], challenge: str, password: str) -> str:
    """Return the only digest that proves the password."""
    parts = [str(message.get(name, "")) for name in FIELDS]
    info = raw_member(text, "info")
    parts += [info] if info is not None else []
    return hashlib.sha256(":".join([*parts, challenge, password]).encode()).hexdigest()
