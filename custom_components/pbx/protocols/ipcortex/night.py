"""Night modes: what REST says of them, as switches."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..model import Switch
from .fields import rows, text

OPTIONS = {"on": "on", "off": "off", "schedule": "sched"}
_WORDS = {value: name for name, value in OPTIONS.items()}
MOST_NAMES = 10


def switches(values: Any, names: Mapping[str, Sequence[str | None]], most: int) -> Iterator[Switch]:
    """Yield a switch for each night mode of each company."""
    for company, modes in _companies(values):
        several = len(values) > 1
        for number in range(1, most + 1):
            word = modes.get(str(number))
            if not isinstance(word, str):
                continue
            name = name_of(names.get(company, ()), number)
            yield Switch(
                id=switch_id(company, number),
                name=f"{name} ({company})" if several else name,
                value=_WORDS.get(word.lower(), word),
                options=tuple(OPTIONS),
            )


def switch_id(company: str, number: int) -> str:
    """Return the id of a night mode."""
    return f"{company}/{number}"


def parse_id(switch: str) -> tuple[str, str]:
    """Return the company and the number of a night mode."""
    company, _, number = switch.rpartition("/")
    return company, number


def name_of(names: Sequence[str | None], number: int) -> str:
    """Return the name of a night mode; names count from 0 and modes from 1."""
    plain = f"Night mode {number}"
    off_by_one = len(names) == MOST_NAMES + 1 or (
        names[:1] == [None] and sum(name is not None for name in names) == MOST_NAMES
    )
    if off_by_one or number > len(names):
        return plain
    return names[number - 1] or plain


def names_by_company(values: Any) -> dict[str, list[str | None]]:
    """Return the names of all night modes."""
    if not isinstance(values, Mapping):
        return {}
    return {
        str(company): [name.strip() or None if isinstance(name, str) else None for name in _listed(names)]
        for company, names in values.items()
    }


def events(values: Any) -> list[dict[str, Any]]:
    """Return what the calendar holds; `number` counts from 1 as the switches do."""
    found = []
    for company, listed in values.items() if isinstance(values, Mapping) else ():
        for row in rows(listed):
            instance = text(row, "event_instance") or ""
            found.append({
                "company": str(company),
                "number": int(instance) + 1 if instance.isdecimal() and len(instance) < 4 else None,
                "start": row.get("event_start"),
                "end": row.get("event_end"),
                "action": text(row, "event_action"),
                "repeat": text(row, "event_repeat"),
            })  # fmt: skip
    return found


def _companies(values: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if not isinstance(values, Mapping):
        return
    for company, modes in values.items():
        if isinstance(modes, Mapping):
            yield str(company), {str(number): value for number, value in modes.items()}
        elif isinstance(modes, list):
            yield str(company), {str(index + 1): value for index, value in enumerate(modes)}


def _listed(names: Any) -> list[Any]:
    """Return names in their order; as an object they may count with gaps."""
    if isinstance(names, list):
        return names[: MOST_NAMES + 1]
    if not isinstance(names, Mapping):
        return []
    numbered = {int(key): name for key, name in names.items() if str(key).isdecimal() and len(str(key)) < 3}
    return [numbered.get(index) for index in range(max(numbered, default=-1) + 1)][: MOST_NAMES + 1]
