"""Tell triggers what happens, on whichever PBX and however often that is loaded anew."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from .const import DOMAIN
from .protocols.changes import Moment
from .protocols.enums import MomentType

if TYPE_CHECKING:
    from .coordinator import PbxCoordinator

type Listener = Callable[[PbxCoordinator, Moment], None]

_SIGNALS: dict[MomentType, SignalType[PbxCoordinator, Moment]] = {
    kind: SignalType(f"{DOMAIN}_moment_{kind}") for kind in MomentType
}


@callback
def async_tell(pbx: PbxCoordinator, moment: Moment) -> None:
    """Tell everybody who listens for moments of this type."""
    async_dispatcher_send(pbx.hass, _SIGNALS[moment.type], pbx, moment)


@callback
def async_listen(hass: HomeAssistant, kinds: Iterable[MomentType], listener: Listener) -> CALLBACK_TYPE:
    """Call the listener with the moments of these types on every PBX, now and later."""
    stops = [async_dispatcher_connect(hass, _SIGNALS[kind], listener) for kind in kinds]

    @callback
    def stop() -> None:
        for remove in stops:
            remove()

    return stop
