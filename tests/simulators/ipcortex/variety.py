"""Vary by a seed what the text leaves open: scripts, spellings, orders, members, nulls, pieces, errors."""

import random
from typing import Any

from ..common.choices import list_choices
from .faults import IpcortexFaults, ListShape

# The script of the stand-in compares these by itself; all other numbers may come as text.
KEYS = {"uid", "ownerID", "cID", "contact_id", "id", "acctid"}
# Members whose values are words that may be written in another case.
WORDS = {"state", "nrState", "party", "vacation_mode"}
EXTRA = {"x_comment": "ünknown", "x_flags": [1, None], "x_nested": {"deep": [{}]}, "x_null": None}
NULLS = ("mac", "label", "email", "mailbox", "extname", "outq", "phone_type", "x_nothing")
ANSWERS = (None, "boolean", "errno", "text", "early", "bare", "object", "failed")
# A call that passes when it is made again.
FAILURES = ("Database is locked", "Internal error", None)


class Variety:
    """One way to speak for a PABX; the same seed speaks the same way."""

    def __init__(self, seed: int, *, errors: float = 0.0) -> None:
        self.seed = seed
        self.errors = errors
        self._random = random.Random(seed)
        self._numbers_as_text = self._random.random() < 0.5
        self._flags_as = self._random.choice((bool, int, str))
        self._extra = self._random.random() < 0.5
        self._nulls = self._random.random() < 0.5
        self._case = self._random.choice((str, str.title, str.upper))

    def choose(self, faults: IpcortexFaults) -> None:
        """Choose one way for each open question."""
        pick = self._random.choice
        faults.flavour = pick(("modern", "modern", "old"))
        if faults.flavour == "modern":
            shapes = [shape for shape in list_choices(ListShape) if shape not in {"silent", "none"}]
            faults.lists = pick(shapes)
            faults.answers = pick(ANSWERS)
            faults.objects = faults.lists == "given" and pick((True, False))
        faults.values_style = pick(("list", "object"))
        faults.slashes = pick(("any", "needed", "redirect"))
        faults.fail_status = pick((200, 400, 403, 500))
        faults.hyphens = pick((True, False))
        faults.script_piece = pick((None, 1000, 16384))
        faults.names_offset = 0

    def fails(self) -> str | bool | None:
        """Return with which words a reading fails, False where it does not."""
        return self._random.choice(FAILURES) if self._random.random() < self.errors else False

    def shuffle[T](self, items: list[T]) -> list[T]:
        """Return what there is in some order."""
        return self._random.sample(items, len(items))

    def vary(self, value: Any, name: str = "") -> Any:
        """Return a value that says the same in another way."""
        if isinstance(value, dict):
            return self._vary_object(value)
        if isinstance(value, list):
            return [self.vary(item, name) for item in value]
        if isinstance(value, bool):
            return str(value).lower() if self._flags_as is str else self._flags_as(value)
        if name in WORDS and isinstance(value, str):
            return self._case(value)
        if isinstance(value, int | float) and self._numbers_as_text and name not in KEYS:
            return str(value)
        return value

    def _vary_object(self, data: dict[str, Any]) -> dict[str, Any]:
        members = {name: self.vary(value, name) for name, value in data.items()}
        # Objects whose names are data themselves must not have others.
        if {"name", "uid", "uname", "phoneid", "acctid", "event_start"} & members.keys():
            if self._nulls:
                members = dict.fromkeys(NULLS) | members
            if self._extra:
                members |= EXTRA
        return dict(self.shuffle(list(members.items())))
