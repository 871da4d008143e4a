"""Answer requests for the system information."""

from dataclasses import asdict

from ..endpoint import Endpoint
from ..exchange import Answer, Exchange, not_found


async def get_system_information(exchange: Exchange) -> Answer:
    """Return what the PBX says of itself, unless it is older than 4.1.10."""
    if not exchange.pbx.faults.dialect.system_information:
        raise not_found("Page")
    return Answer(asdict(exchange.pbx.world.system))


ENDPOINTS = (
    Endpoint("GET", "/apis/pbx/system_information", get_system_information, right="system_information"),
)
