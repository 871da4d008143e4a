"""Try the automations of the table in a house, on whichever system there is."""

from collections.abc import Mapping

from tests.components.parity.doing import Doer
from tests.components.parity.teller import Teller
from tests.waiting import until

from .house import House
from .plain import ENTITIES, fill_in, names_in, parse


class Home:
    """Put the entities of a system into automations that are written for any."""

    def __init__(self, house: House, teller: Teller, doer: Doer) -> None:
        self.house = house
        self._teller = teller
        self._doer = doer

    async def automate(self, file: str, **names: str) -> None:
        """Set up an automation of the table; all names but these are found out."""
        wanted = names_in(file)
        await until(lambda: all(map(self._found, wanted & ENTITIES.keys())))
        text = fill_in(file, self._names(wanted) | names)
        await self.house.automate(parse(text) | {"alias": "Tested"})

    def entity(self, name: str) -> str:
        """Return the entity that goes by a name."""
        found = self._found(name)
        assert found is not None, name
        return found

    def _found(self, name: str) -> str | None:
        shown = ENTITIES[name]
        kind, object_id = self._objects[shown.kind]
        return self._doer.find(shown.platform, kind, object_id, shown.key)

    def _names(self, wanted: set[str]) -> dict[str, str]:
        entities = {name: self.entity(name) for name in wanted & ENTITIES.keys()}
        return entities | {"colleague": self._teller.colleague}

    @property
    def _objects(self) -> Mapping[str, tuple[str, str | None]]:
        teller = self._teller
        return {
            "user": ("user", teller.anna),
            "phone": ("phone", teller.phone),
            "door": ("phone", teller.door),
            "mailbox": ("mailbox", teller.mailbox),
            "queue": ("queue", teller.queue),
            "sitter": ("user", teller.sitter),
            "pbx": ("pbx", ""),
        }
