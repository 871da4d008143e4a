"""The web hook that a PBX may call, for one whose system can."""

from collections.abc import Callable, Mapping
from functools import partial
import logging
from time import monotonic
from typing import TYPE_CHECKING

from aiohttp.hdrs import METH_GET, METH_POST
from aiohttp.web import Request, Response
from homeassistant.components import webhook
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.network import NoURLAvailableError

from ..const import DOMAIN
from ..protocols.errors import PbxError
from ..protocols.json_text import clean_text
from ..protocols.session import PushHook

if TYPE_CHECKING:
    from .hub import PbxConfigEntry, PbxHub

_LOGGER = logging.getLogger(__name__)

# So many requests may come at once, and so many a second after that.
BURST = 100
PER_SECOND = 10.0
MOST_MEMBERS = 20
LONGEST_VALUE = 200


@callback
def async_set_up_push(hass: HomeAssistant, entry: PbxConfigEntry, hook: PushHook) -> None:
    """Open a web hook for a PBX that can call one, until the entry is unloaded."""
    webhook_id = _get_or_create_id(hass, entry)
    receiver = PushReceiver(entry, hook)
    webhook.async_register(
        hass, DOMAIN, entry.title, webhook_id, receiver.handle, allowed_methods=(METH_GET, METH_POST)
    )
    entry.async_on_unload(partial(webhook.async_unregister, hass, webhook_id))


def _get_or_create_id(hass: HomeAssistant, entry: PbxConfigEntry) -> str:
    """Return the secret id of the web hook, which people enter at the PBX and so never changes."""
    known: str | None = entry.data.get(CONF_WEBHOOK_ID)
    if known is not None:
        return known
    made = webhook.async_generate_id()
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_WEBHOOK_ID: made})
    return made


@callback
def get_push_addresses(hub: PbxHub) -> dict[str, str]:
    """Return the address to enter at the PBX for each event; it is empty for a PBX that calls no web hook."""
    hook = hub.session.push_hook
    if hook is None:
        return {}
    url = _make_url(hub.hass, hub.entry.data[CONF_WEBHOOK_ID])
    return {event: f"{url}{query}" for event, query in hook.queries.items()}


def _make_url(hass: HomeAssistant, webhook_id: str) -> str:
    try:
        return webhook.async_generate_url(hass, webhook_id, prefer_external=False)
    except NoURLAvailableError:
        return webhook.async_generate_path(webhook_id)


class PushReceiver:
    """Answers requests at once, and hands those that make sense to the session."""

    def __init__(self, entry: PbxConfigEntry, hook: PushHook) -> None:
        self._entry = entry
        self._hook = hook
        self._allowance = Allowance()

    async def handle(self, hass: HomeAssistant, webhook_id: str, request: Request) -> Response:
        """Answer a request to the web hook."""
        event = read_query(request.query)
        if self._allowance.use() and event and self._entry.runtime_data.connected:
            self._entry.async_create_background_task(hass, self._push(event), f"{DOMAIN} push")
        return Response(text=self._hook.answer, content_type=self._hook.content_type)

    async def _push(self, event: Mapping[str, str]) -> None:
        hub = self._entry.runtime_data
        try:
            with hub.keeper.contract.hold("a request to the web hook"):
                await hub.session.push(event)
        except PbxError as err:
            _LOGGER.debug("A request to the web hook was of no use: %s", err)


def read_query(query: Mapping[str, str]) -> dict[str, str]:
    """Return the members of a query, or none where it is larger than any that the PBX is told to send."""
    found = {clean_text(name): clean_text(value) for name, value in query.items()}
    if len(found) > MOST_MEMBERS or any(len(value) > LONGEST_VALUE for value in found.values()):
        return {}
    return found


class Allowance:
    """Limits requests to a burst, and then to so many a second."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._left = float(BURST)
        self._at = now()

    def use(self) -> bool:
        """Return whether one more request is allowed, which then counts."""
        now = self._now()
        self._left = min(BURST, self._left + (now - self._at) * PER_SECOND)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
