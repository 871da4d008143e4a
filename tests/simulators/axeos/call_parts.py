"""Describe the ends of a call."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from .phone_status import LegState
from .world import Phone

UNKNOWN_NAME = "< unknown >"


@dataclass(slots=True, eq=False)
class Caller:
    """Describe who calls; what is None is left out of events."""

    number: str
    name: str = ""
    user_uuid: str | None = None
    phone_uuid: str | None = None
    trunk_uuid: str | None = None
    normalized_number: str | None = None
    original_number: str | None = None

    def describe(self) -> dict[str, Any]:
        """Return the caller as events show him."""
        return present(
            user_uuid=self.user_uuid,
            phone_uuid=self.phone_uuid,
            trunk_uuid=self.trunk_uuid,
            number=self.number,
            name=self.name,
            normalized_number=self.normalized_number,
            original_number=self.original_number,
        )


@dataclass(slots=True, eq=False)
class Leg:
    """Describe one end of a call: a phone, or a number elsewhere."""

    unique_id: str
    phone: Phone | None = None
    number: str = ""
    name: str = ""
    user_uuid: str | None = None
    user_phone_type: str | None = None
    trunk_uuid: str | None = None
    state: LegState = LegState.ENDED
    decision: asyncio.Future[str] | None = field(default=None, repr=False)

    @property
    def key(self) -> str:
        """Return what behaviours are set by: the phone's uuid or the number."""
        return self.phone.uuid if self.phone else self.number

    @property
    def outside(self) -> bool:
        """Return whether this leg is neither a phone nor dialled on behalf of a user."""
        return self.phone is None and self.user_phone_type is None

    def describe(self) -> dict[str, Any]:
        """Return the leg as a dial target."""
        return present(
            unique_id=self.unique_id,
            user_phone_type=self.user_phone_type,
            user_uuid=self.user_uuid,
            phone_uuid=self.phone.uuid if self.phone else None,
            trunk_uuid=self.trunk_uuid,
            number=None if self.phone else self.number,
        )

    def settle(self, decision: str) -> None:
        """Tell whoever waits for this leg what became of it."""
        if self.decision and not self.decision.done():
            self.decision.set_result(decision)


def present(**fields: Any) -> dict[str, Any]:
    """Leave out the fields that have no value."""
    return {name: value for name, value in fields.items() if value is not None}
