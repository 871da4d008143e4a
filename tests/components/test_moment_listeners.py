"""Who listens to moments of every PBX is called in order, and only for the types that they want."""

import pytest

from custom_components.pbx.hub.moments import MomentListeners
from custom_components.pbx.protocols.changes import Moment
from custom_components.pbx.protocols.enums import MomentType
from custom_components.pbx.protocols.keys import PBX_KEY

RINGING, ENDED = MomentType.RINGING, MomentType.ENDED


def moment(kind: MomentType) -> Moment:
    """Return something that happened to the PBX."""
    return Moment(key=PBX_KEY, type=kind)


def test_listeners_come_and_go() -> None:
    """Each is called until it stops, also where it stops while others are called."""
    listeners, heard = MomentListeners(), list[str]()
    changes = list[bool]()
    unfollow = listeners.follow(lambda: changes.append(listeners.has(RINGING)))

    def hear_once(hub: str, moment: Moment) -> None:
        heard.append(f"once {hub}")
        stop()

    stop = listeners.listen([RINGING, RINGING], hear_once)
    stop_other = listeners.listen([RINGING, ENDED], lambda hub, moment: heard.append(f"{moment.type} {hub}"))
    for kind in (RINGING, RINGING, ENDED, MomentType.MISSED):
        listeners.notify("pbx", moment(kind))
    assert heard == ["once pbx", "ringing pbx", "ringing pbx", "ended pbx"]
    unfollow()
    stop_other()
    assert changes == [True, True, True]
    assert not listeners.has(RINGING)
    assert not listeners.has(ENDED)


def test_error_of_one_listener(caplog: pytest.LogCaptureFixture) -> None:
    """A listener that fails is named in the log, and keeps no other from being called."""
    listeners, heard = MomentListeners(), list[MomentType]()

    def fail(hub: object, moment: Moment) -> None:
        raise ValueError("no use")

    listeners.listen([RINGING], fail)
    listeners.listen([RINGING], lambda hub, moment: heard.append(moment.type))
    listeners.notify(None, moment(RINGING))
    assert heard == [RINGING]
    assert "no use" in caplog.text
