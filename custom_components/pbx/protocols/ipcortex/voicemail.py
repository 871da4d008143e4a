"""Mailboxes."""

from collections.abc import Mapping
from typing import Any

from ..model import Mailbox
from .fields import count, text


def read_mailbox(key: str, fields: Mapping[str, Any]) -> Mailbox:
    """Return a mailbox; its name is a number and a context."""
    number = key.partition("@")[0]
    return Mailbox(
        id=key,
        name=text(fields, "label") or number or key,
        number=number or None,
        new=count(fields, "unread"),
        old=count(fields, "read"),
    )
