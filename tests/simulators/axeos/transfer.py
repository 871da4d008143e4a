"""Transfer calls."""

from typing import TYPE_CHECKING, Any

from .call import Call
from .call_parts import UNKNOWN_NAME, Leg
from .phone_status import LegState

if TYPE_CHECKING:
    from .call_engine import CallEngine


class Transfers:
    """Carry out both kinds of transfers and report them."""

    def __init__(self, engine: CallEngine) -> None:
        self._engine = engine

    def blind(self, call: Call, leg: Leg, extension: str, status: str) -> None:
        """Let the transferring party go and ring the extension."""
        other = call.other_party(leg)
        self._emit(
            call,
            "blind_transfer",
            status,
            transfer_extension=extension,
            transferer=_ids(leg, other) | _party(call, leg),
            transferee=_ids(other, leg) | _party(call, other),
        )
        if status == "success":
            call.release(leg)
            call.dial(self._engine.legs_to(extension))

    def attended(self, call: Call, leg: Leg, target: Call | str, status: str) -> None:
        """Join the remaining parties of two calls."""
        second = self._consult(call, leg, target) if isinstance(target, str) else target
        own = second.caller_leg
        reached = second.answered or next(iter(second.ringing), own)
        other = call.other_party(leg)
        self._emit(
            call,
            "attended_transfer",
            status,
            transferer=_ids(leg, other, "_1") | _ids(own, reached, "_2") | _party(call, leg),
            transferee=_ids(other, leg) | _party(call, other),
            transfer_target=_ids(reached, own) | _party(second, reached),
        )
        if status == "success":
            self._join(call, leg, second, reached)

    def _consult(self, call: Call, leg: Leg, extension: str) -> Call:
        """Hold the first call and place a second one, which is answered."""
        if leg.phone is None:
            raise ValueError("Only a phone can consult")
        if leg.state is LegState.IN_USE:
            call.hold(leg.phone)
        return self._engine.outgoing(leg.phone, extension).answer()

    def _join(self, call: Call, leg: Leg, second: Call, reached: Leg) -> None:
        """Move the reached leg into the first call and end the second."""
        call.release(leg)
        second.targets.remove(reached)
        call.targets.append(reached)
        if reached in second.parties:
            second.parties.remove(reached)
            call.parties.append(reached)
        second.hangup()

    def _emit(self, call: Call, kind: str, status: str, **details: Any) -> None:
        """Report a transfer if this PBX knows such events."""
        dialect = self._engine.dialect
        transferer = details.pop("transferer")
        if dialect.transfer_events:
            call.emit(kind, status=status, **{dialect.transferer: transferer}, **details)


def _ids(leg: Leg, linked: Leg, suffix: str = "") -> dict[str, str]:
    """Return the ids of a connection, seen from one of its legs."""
    return {f"unique_id{suffix}": leg.unique_id, f"linked_id{suffix}": linked.unique_id}


def _party(call: Call, leg: Leg) -> dict[str, str]:
    """Describe who is on a leg."""
    return {
        "account_code": call.account_code,
        "number": leg.number,
        "name": leg.name or UNKNOWN_NAME,
    }
