"""Test what is kept of the lists that were read."""

from custom_components.pbx.protocols.axeos.decode_objects import ListKind
from custom_components.pbx.protocols.axeos.directory import Directory
from custom_components.pbx.protocols.axeos.settings import AxeosSettings
from custom_components.pbx.protocols.changes import Patch, Remove, Upsert
from custom_components.pbx.protocols.enums import LineStatus
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.model import Phone
from tests.protocols.office import DESK

SETTINGS = AxeosSettings(host="pbx.example", port=443, tls=True, api_key="k")
RINGS = Patch(DESK.key, {"status": LineStatus.RINGING})


def read_desk() -> Directory:
    """Return a directory of one phone."""
    directory = Directory(SETTINGS)
    directory.update_list(ListKind.PHONES, [DESK], ())
    return directory


def get_desk(directory: Directory) -> Phone:
    """Return the phone as it is known."""
    phone = directory.get_object(ListKind.PHONES, DESK.key)
    assert isinstance(phone, Phone)
    return phone


def test_change_during_a_reading() -> None:
    """A list that was asked for before an event does not undo it."""
    directory = read_desk()
    with directory.collecting_changes() as meanwhile:
        assert directory.apply_change(RINGS)
    changes = directory.update_list(ListKind.PHONES, [DESK], meanwhile)
    assert get_desk(directory).status is LineStatus.RINGING
    assert changes == [Upsert(get_desk(directory))]


def test_change_after_a_reading() -> None:
    """What changed before the list was asked for is in it."""
    directory = read_desk()
    directory.apply_change(RINGS)
    with directory.collecting_changes() as meanwhile:
        pass
    directory.update_list(ListKind.PHONES, [DESK], meanwhile)
    assert get_desk(directory) == DESK


def test_what_is_gone() -> None:
    """What a list does not hold any more is removed, and so is all of a list that is dropped."""
    directory = read_desk()
    assert directory.update_list(ListKind.PHONES, [], ()) == [Remove(DESK.key)]
    directory.update_list(ListKind.PHONES, [DESK], ())
    assert directory.drop_list(ListKind.PHONES) == [Remove(DESK.key)]
    assert directory.readable == frozenset()


def test_change_of_what_no_list_held() -> None:
    """It is kept nowhere."""
    directory = read_desk()
    strange = Patch(ObjectKey(DESK.key.kind, "strange"), {"status": LineStatus.RINGING})
    assert not directory.apply_change(strange)
    assert directory.get_objects() == (DESK,)
