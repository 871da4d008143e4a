"""Describe the requests that the API knows, and check them strictly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import json
import re
from typing import Any, Literal

from aiohttp import web

from .exchange import Handler, Refusal, invalid

type Parser = Callable[[str], Any]
type BodyFields = Mapping[str, tuple[type, ...]]


def flag(text: str) -> bool:
    """Read a parameter that counts as set whatever its value is."""
    return True


def boolean(text: str) -> bool:
    """Read true or false, as v1 spells them."""
    if text not in {"true", "false"}:
        raise ValueError(text)
    return text == "true"


def natural(text: str) -> int:
    """Read 0, 1, 2 and so on."""
    if not re.fullmatch(r"[0-9]+", text):
        raise ValueError(text)
    return int(text)


def positive(text: str) -> int:
    """Read 1, 2 and so on."""
    if not (number := natural(text)):
        raise ValueError(text)
    return number


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Describe one method of one path.

    body None means that there must be none; a form is left to the handler.
    right names the right without which the answer is 403.
    """

    method: str
    path: str
    handler: Handler
    query: Mapping[str, Parser] = field(default_factory=dict)
    body: BodyFields | None = None
    required: frozenset[str] = frozenset()
    empty_body: bool = False
    form: bool = False
    right: str | None = None
    access: Literal["legacy", "v1", "open"] = "legacy"

    def pattern(self) -> re.Pattern[str]:
        """Return the expression that the path of a request has to match."""
        expression = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+?)", re.escape(self.path))
        suffix = r"(?P<suffix>|\.json|\.xml)" if self.access == "legacy" else "(?P<suffix>)"
        return re.compile(expression + suffix)

    def parse_query(self, query: list[tuple[str, str]]) -> dict[str, Any]:
        """Check the query parameters."""
        parsed: dict[str, Any] = {}
        for name, text in query:
            if name not in self.query:
                raise invalid(f"Unknown query parameter {name}")
            if name in parsed:
                raise invalid(f"Repeated query parameter {name}")
            parsed[name] = self._parse(name, text)
        return parsed

    def _parse(self, name: str, text: str) -> Any:
        """Check one query parameter."""
        try:
            return self.query[name](text)
        except ValueError as err:
            raise invalid(f"Bad value of query parameter {name}: {text!r}") from err

    def parse_body(self, request: web.Request, raw: bytes) -> dict[str, Any]:
        """Check the body, its type and its fields."""
        if not raw and (self.body is None or self.empty_body):
            return {}
        if self.body is None:
            raise invalid(f"{self.method} {self.path} takes no body")
        if request.content_type != "application/json":
            raise Refusal(415, f"Input of type {request.content_type} instead of JSON", violation=True)
        body = _load(raw)
        for name, value in body.items():
            self._check_field(name, value)
        if missing := self.required - body.keys():
            raise invalid(f"Missing field {min(missing)}")
        return body

    def _check_field(self, name: str, value: Any) -> None:
        """Check one field of the body."""
        if self.body is None or name not in self.body:
            raise invalid(f"Unknown field {name}")
        if type(value) not in self.body[name]:
            raise invalid(f"Field {name} is a {type(value).__name__}")


def _load(raw: bytes) -> dict[str, Any]:
    """Read a JSON object."""
    try:
        body = json.loads(raw)
    except ValueError as err:
        raise invalid("The body is no JSON") from err
    if not isinstance(body, dict):
        raise invalid("The body is no JSON object")
    return body
