"""The numbers of one PBX: which are inside, and what those outside are worldwide."""

from collections.abc import Iterator

from homeassistant.core import HomeAssistant

from .numbers import normalize, region_of, warm_up
from .options import PbxOptions
from .protocols.call import Party
from .protocols.enums import ObjectKind
from .protocols.model import PBX_KEY, Dialing, PbxInfo, User
from .protocols.state import PbxState

# What an outside line is taken with at most PBXs, where this one does not say.
USUAL_PREFIXES = ("0", "9")


class Numbering:
    """Know how numbers are dialled at one PBX, in the country where it is."""

    def __init__(self, hass: HomeAssistant, options: PbxOptions, state: PbxState) -> None:
        self._hass = hass
        self._options = options
        self._state = state

    async def load(self) -> None:
        """Read what is known of the numbers of the country, away from the event loop."""
        await self._hass.async_add_executor_job(warm_up, self.country)

    @property
    def dialing(self) -> Dialing:
        """Return what the PBX says of dialling."""
        info = self._state.get(PBX_KEY)
        return info.dialing if isinstance(info, PbxInfo) else Dialing()

    @property
    def country(self) -> str | None:
        """Return the country that was chosen, else the one of the PBX, else the one of Home Assistant."""
        return self._options.country or region_of(self.dialing) or self._hass.config.country

    def international(self, number: str | None) -> str | None:
        """Return a number in its international form, or None where it is internal or unclear."""
        return normalize(number, self.country, self.dialing) if number else None

    def of(self, party: Party) -> str | None:
        """Return the international number of a party, as the PBX has it or else worked out."""
        if party.normalized is not None or party.internal:
            return party.normalized
        return self.international(party.number)

    def without_prefix(self, number: str) -> Iterator[str]:
        """Yield what may be dialled outside by a number, and the number itself."""
        yield number
        known = self.dialing.external_prefix
        if known is None and self._is_extension(number):
            return
        for prefix in USUAL_PREFIXES if known is None else (known,):
            if number.startswith(prefix):
                yield number.removeprefix(prefix)

    def _is_extension(self, number: str) -> bool:
        users = (item for key, item in self._state.objects.items() if key.kind is ObjectKind.USER)
        return any(isinstance(user, User) and user.number == number for user in users)
