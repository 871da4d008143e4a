"""Prove a password without sending it."""

from collections.abc import Mapping
import hashlib
import json
from typing import Any

IDENTITY = ("app", "domain", "sip", "guid", "dn")


def login_digest(
    identity: Mapping[str, str], challenge: str, password: str, info: Mapping[str, Any] | None = None
) -> str:
    """Return the digest of a login; without `info` its place and colon are left out."""
    parts = [identity.get(name, "") for name in IDENTITY]
    if info is not None:
        parts.append(json.dumps(info, separators=(",", ":"), ensure_ascii=False))
    return hashlib.sha256(":".join([*parts, challenge, password]).encode()).hexdigest()
