"""Answer polls for events."""

from ..endpoint import Endpoint, natural, positive
from ..exchange import Answer, Exchange

POLL_PARAMETERS = {"last": natural, "timeout": natural, "limit": positive}


async def get_events(exchange: Exchange) -> Answer:
    """Return events, or wait for the first; without a timeout for ever."""
    last, timeout, limit = (exchange.query.get(name) for name in POLL_PARAMETERS)
    events = await exchange.pbx.events.read(last, timeout, limit)
    nothing = {"list": [], "null": None}[exchange.pbx.faults.dialect.no_events]
    return Answer(events or nothing)


ENDPOINTS = (Endpoint("GET", "/apis/pbx/events", get_events, query=POLL_PARAMETERS, right="events"),)
