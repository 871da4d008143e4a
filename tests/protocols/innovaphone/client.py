"""What a client knows of a simulated innovaphone PBX."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from custom_components.pbx.protocols.enums import ObjectKind
from tests.protocols.client import Clients, address
from tests.protocols.collector import Collector
from tests.simulators.common.clock import BRIEF
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.small_world import APP, APP_PASSWORD
from tests.waiting import until


class Client(Collector):
    """Know the objects of a simulated innovaphone PBX."""

    def user(self, item: Any) -> Any:
        """Return what is shown of a user of the simulated PBX."""
        return self.get(ObjectKind.USER, item.guid)

    def queue(self, item: Any) -> Any:
        """Return what is shown of a queue of the simulated PBX."""
        return self.get(ObjectKind.QUEUE, item.guid)

    def phone(self, hardware: str) -> Any:
        """Return what is shown of a phone."""
        return self.get(ObjectKind.PHONE, hardware)

    def story(self, item: Any) -> list[str]:
        """Return what happened to an object of the simulated PBX."""
        return [moment.type for moment in self.moments_of(item.guid)]

    def outcome(self, item: Any) -> Any:
        """Return what became of the last call of an object."""
        moment = self.moments_of(item.guid)[-1]
        assert moment.call is not None
        return moment.call.views()[moment.key].outcome

    def call_id(self) -> str:
        """Return the id of the only open call."""
        (call,) = self.state.calls.open
        return call.id

    def ready(self, pbx: InnovaphoneSimulator) -> bool:
        """Return whether everything of the small PBX has been read and subscribed to."""
        users = [self.user(item) for item in pbx.world.users()]
        queues = [self.queue(item) for item in pbx.world.objects.values() if item.pseudo == "waiting"]
        monitored = self.session.statistics()["monitored"]
        return all(user is not None and user.presence is not None for user in users) and (
            all(queue is not None and queue.agents_all is not None for queue in queues)
            and monitored == len(users) + len(queues)
        )

    async def settled(self, pbx: InnovaphoneSimulator) -> None:
        """Wait until everything has been read, without the pace that spares a real PBX."""
        async with turning(pbx):
            await until(lambda: self.ready(pbx))

    async def subscribed(self, pbx: InnovaphoneSimulator, monitored: int) -> None:
        """Wait until the calls of so many are followed, without the pace that spares a real PBX."""
        async with turning(pbx):
            await until(lambda: self.session.statistics()["monitored"] == monitored)


def settings(pbx: InnovaphoneSimulator, **more: Any) -> dict[str, Any]:
    """Return settings that log in to the simulated PBX, as its App object unless they say otherwise."""
    login = {} if "username" in more else {"app": APP}
    return {**address(pbx), "password": APP_PASSWORD, **login, **more}


@asynccontextmanager
async def turning(pbx: InnovaphoneSimulator, rate: float = 50) -> AsyncIterator[None]:
    """Let time pass faster than it does, for those who wait for a PBX that says nothing."""
    pbx.recorder.watches_pace = False
    async with pbx.clock.hurrying(rate, pause=BRIEF):
        yield


CLIENTS = Clients("innovaphone", settings, Client, clock=lambda pbx: pbx.clock)
session_for, client_for = CLIENTS.session_for, CLIENTS.client_for
