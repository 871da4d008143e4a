"""Hold one request while it is being answered."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from ..common.recorder import RecordedRequest
from .rights import Rights
from .world import User

if TYPE_CHECKING:
    from .server import AxeosSimulator


class Refusal(Exception):
    """Refuse a request; a violation is one that no client should ever make."""

    def __init__(
        self, status: int, message: str, *, violation: bool = False, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.violation = violation
        self.headers = headers or {}


def not_found(what: str) -> Refusal:
    """Refuse because something does not exist."""
    return Refusal(404, f"{what} not found")


def forbidden(why: str) -> Refusal:
    """Refuse for want of a right."""
    return Refusal(403, why)


def invalid(why: str) -> Refusal:
    """Refuse what the protocol does not allow."""
    return Refusal(400, why, violation=True)


@dataclass(frozen=True, slots=True)
class Identity:
    """Say who asks; user is the PBX user, if any."""

    name: str
    rights: Rights
    user: User | None = None


@dataclass(slots=True)
class Exchange:
    """Offer a handler its simulator, who asks, and the request's checked parts."""

    pbx: AxeosSimulator
    request: web.Request
    recorded: RecordedRequest
    identity: Identity
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)

    def is_own(self, user_uuid: str | None) -> bool:
        """Return whether a user is the one who asks."""
        return self.identity.user is not None and self.identity.user.uuid == user_uuid


@dataclass(slots=True)
class Answer:
    """Hold what is to be sent as JSON or XML."""

    data: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


type Handler = Callable[[Exchange], Awaitable[Answer | web.StreamResponse]]
