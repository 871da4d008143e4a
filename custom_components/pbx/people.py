"""Know which person of Home Assistant is which user of a PBX."""

from collections.abc import Iterator

from homeassistant.core import HomeAssistant, State

from .coordinator import PbxCoordinator, loaded_pbxs
from .protocols.enums import ObjectKind
from .protocols.model import ObjectKey

PERSON = "person"


def own_users(hass: HomeAssistant, user_id: str | None) -> Iterator[tuple[PbxCoordinator, ObjectKey]]:
    """Yield the users of each PBX that are the person of this user of Home Assistant."""
    persons = {
        state.entity_id for state in hass.states.async_all(PERSON) if user_id and _belongs(state, user_id)
    }
    for pbx in loaded_pbxs(hass):
        for row in pbx.options.people:
            key = ObjectKey(ObjectKind.USER, row["user"])
            if row["person"] in persons and pbx.state.get(key) is not None:
                yield pbx, key


def person_of(pbx: PbxCoordinator, user: str) -> State | None:
    """Return the person that a user of the PBX is."""
    entity_id = next((row["person"] for row in pbx.options.people if row["user"] == user), None)
    return pbx.hass.states.get(entity_id) if entity_id is not None else None


def _belongs(person: State, user_id: str) -> bool:
    return bool(person.attributes.get("user_id") == user_id)
