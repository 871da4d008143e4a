"""What a client knows of a simulated Axeos PBX."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from custom_components.pbx.protocols.enums import ObjectKind
from tests.protocols.client import Clients, address
from tests.protocols.collector import Collector
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.common.clock import BRIEF, Clock


class Client(Collector):
    """Know the objects of a simulated Axeos PBX."""

    def user(self, user: Any) -> Any:
        """Return what is shown of a user of the simulated PBX."""
        return self.get(ObjectKind.USER, user.uuid)

    def phone(self, phone: Any) -> Any:
        """Return what is shown of a phone of the simulated PBX."""
        return self.get(ObjectKind.PHONE, phone.uuid)

    def story(self, item: Any) -> list[str]:
        """Return what happened to an object of the simulated PBX."""
        return [moment.type for moment in self.moments_of(item.uuid)]


def settings(pbx: AxeosSimulator, **more: Any) -> dict[str, Any]:
    """Return settings that log in to the simulated PBX, by API key unless they say otherwise."""
    login = {} if "username" in more else {"api_key": pbx.world.api_keys[0]}
    return {**address(pbx), **login, **more}


CLIENTS = Clients("axeos", settings, Client)
session_for, client_for = CLIENTS.session_for, CLIENTS.client_for


@asynccontextmanager
async def hurried_client_for(pbx: AxeosSimulator, rate: float = 50.0, **more: Any) -> AsyncIterator[Client]:
    """Return a client for which time passes about so many times as fast as it does."""
    clock = Clock()
    async with clock.hurrying(rate, pause=BRIEF), client_for(pbx, clock=clock, **more) as client:
        yield client
