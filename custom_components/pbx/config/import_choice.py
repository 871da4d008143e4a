"""The choice before an entry is made: the name of the PBX, and what of it is imported."""

import asyncio
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from homeassistant.const import CONF_HOST, CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import TextSelector
from homeassistant.util.network import is_ip_address
import voluptuous as vol

from ..const import CONF_SYSTEM
from ..protocols.contract import Contract
from ..protocols.errors import PbxError
from ..protocols.keys import ObjectKey
from ..protocols.lazy_dataclass import dataclass
from ..protocols.model import PbxInfo, PbxObject
from ..protocols.registry import SYSTEMS
from .connection import async_create_session
from .options_form import FormSource, find_known_ids, list_import_fields

# A PBX that takes longer to tell what it has is imported by kind.
READ_SECONDS = 15.0


async def async_read_objects(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[ObjectKey, PbxObject]:
    """Return what the login of an entry sees; nothing where the PBX takes too long or refuses to say."""
    try:
        async with asyncio.timeout(READ_SECONDS):
            with Contract().hold("reading for the choice"):
                return await _read_objects(hass, data)
    except TimeoutError, PbxError:
        return {}


async def _read_objects(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[ObjectKey, PbxObject]:
    session = await async_create_session(hass, data)
    try:
        snapshot = await session.open()
        return {item.key: item for item in snapshot.objects}
    finally:
        await session.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportChoice:
    """What there is to choose from at a PBX that has taken the login; `data` is that of the entry."""

    info: PbxInfo
    data: Mapping[str, Any]
    objects: Mapping[ObjectKey, PbxObject] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return what the PBX calls itself, with its make in place of an address."""
        make = self.info.manufacturer or SYSTEMS[self.data[CONF_SYSTEM]].name
        name = self.info.name.replace(self.data[CONF_HOST], make)
        return make if is_ip_address(name) else name

    @property
    def step_id(self) -> str:
        """Return the step that asks: among all objects, or by kind where they could not be read in time."""
        return "choice" if self.objects else "choice_by_kind"

    def create_schema(self) -> vol.Schema:
        """Return the schema of the form."""
        fields = {entry.marker: entry.selector(self._source) for entry in list_import_fields(self._source)}
        return vol.Schema({vol.Required(CONF_NAME, default=self.name): TextSelector(), **fields})

    def find_errors(self, chosen: Mapping[str, Any]) -> dict[str, str]:
        """Return the translation keys of errors by field."""
        source = self._source
        found = {entry.name: entry.find_error(chosen, source) for entry in list_import_fields(source)}
        return {name: error for name, error in found.items() if error is not None}

    def get_title(self, chosen: Mapping[str, Any]) -> str:
        """Return the name for the PBX; a blank one is none."""
        return chosen[CONF_NAME].strip() or self.name

    def get_data(self, chosen: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data of the entry; it has a name where that is not what the PBX calls itself."""
        title = self.get_title(chosen)
        return {**self.data, **({CONF_NAME: title} if title != self.info.name else {})}

    def get_options(self, chosen: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options of the entry: what is not as it is by default."""
        fields = list_import_fields(self._source)
        options = {
            entry.name: chosen[entry.name]
            for entry in fields
            if entry.name in chosen and chosen[entry.name] != entry.default
        }
        return options | find_known_ids(self._source, chosen)

    @property
    def _source(self) -> FormSource:
        return FormSource(system=self.data[CONF_SYSTEM], objects=self.objects)
