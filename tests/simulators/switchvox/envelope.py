"""Write answers of the Extend API as its conversion from XML makes them."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

from .dialect import Extend

ERRORS = {
    10000: "Missing parameters",
    10010: "Invalid extension",
    10011: "Missing required parameter ({name})",
    10012: "Invalid extension length",
    10013: "Wrong number of parameters",
    10014: "Invalid account_id",
    27168: "Account is not permitted to run this action",
    30546: "Internal inconsistency",
    64125: "Invalid folder",
    64128: "Invalid message id",
    66939: "Missing account_id",
    84711: "Invalid account_id",
}


class ExtendError(Exception):
    """Answer with an error of the Extend API."""

    def __init__(self, code: int, name: str = "", text: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.text = text or ERRORS.get(code, "Error").format(name=name)


def elements(name: str, items: Sequence[Mapping[str, Any]], dialect: Extend) -> dict[str, Any]:
    """Return repeated elements: nothing for none, an object for one, a list for several."""
    if not items:
        return {}
    return {name: dict(items[0]) if len(items) == 1 and dialect.one_as_object else [dict(i) for i in items]}


def page(
    name: str, items: Sequence[Mapping[str, Any]], params: Mapping[str, Any], dialect: Extend
) -> dict[str, Any]:
    """Return the page that was asked for, with the members that tell where it is."""
    size, number = int(params.get("items_per_page", 50)), int(params.get("page_number", 1))
    shown = items[(number - 1) * size : number * size]
    return {
        "page_number": number,
        "items_per_page": size,
        "total_pages": ceil(len(items) / size),
        "total_items": len(items),
        **elements(name, shown, dialect),
    }


def failure(method: str, error: ExtendError, dialect: Extend) -> dict[str, Any]:
    """Return an answer with one error, or several."""
    one = {"code": error.code, "message": error.text}
    return {
        "response": {"method": method, "errors": {"error": [one, one] if dialect.several_errors else one}}
    }


def success(method: str, result: Any, dialect: Extend) -> dict[str, Any]:
    """Return an answer with a result."""
    body = _as_text(result) if dialect.numbers == "string" else result
    return {"response": {"method": method, "result": body}}


def _as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_text(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return str(value) if isinstance(value, int) else value
