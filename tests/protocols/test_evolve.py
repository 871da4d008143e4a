"""Immutable objects are changed only where something differs."""

from datetime import UTC, datetime

from custom_components.pbx.protocols.enums import CallDirection, LineStatus
from custom_components.pbx.protocols.evolve import evolve
from custom_components.pbx.protocols.model import PBX_KEY, Call, Party, Phone

PHONE = Phone(id="1", name="Desk", status=LineStatus.IDLE)


def test_same_values_are_the_same_object() -> None:
    """Nothing new is made where nothing differs."""
    assert evolve(PHONE, status=LineStatus.IDLE, name="Desk") is PHONE
    assert evolve(PHONE) is PHONE


def test_other_values() -> None:
    """A new object has the values, keeps the others, and leaves the old one as it is."""
    ringing = evolve(PHONE, status=LineStatus.RINGING)
    assert ringing == Phone(id="1", name="Desk", status=LineStatus.RINGING)
    assert PHONE.status is LineStatus.IDLE


def test_new_values_are_checked() -> None:
    """What an object makes of its fields is made of new ones too."""
    assert evolve(Party(number="201"), name="Anonymous") == Party(number="201")


def test_views_are_those_of_the_new_call() -> None:
    """What is remembered of a call is not carried into its successor."""
    call = Call(id="1", direction=CallDirection.INCOMING, started=datetime(2026, 11, 22, tzinfo=UTC))
    assert call.views()[PBX_KEY].ended is None
    over = evolve(call, ended=datetime(2026, 11, 22, 1, tzinfo=UTC))
    assert over.views()[PBX_KEY].ended == over.ended
    assert over.views() is over.views()
