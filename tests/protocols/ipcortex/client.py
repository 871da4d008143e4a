"""What a client knows of a simulated IPCortex PABX."""

from collections.abc import Callable
from typing import Any, override

from custom_components.pbx.protocols.enums import ObjectKind
from tests.protocols.client import Clients, address
from tests.protocols.collector import Collector
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.small_world import ADMIN
from tests.waiting import until


class Client(Collector):
    """Know the objects of a simulated IPCortex PABX."""

    @override
    async def wait_until_ready(self) -> None:
        # Everything that waits for the clock does so by then.
        await until(lambda: self.batches > 1)

    @property
    def is_asking(self) -> bool:
        """Return whether a request is under way, for which time stands still while the clock is turned."""
        connector: Any = self.session._connection.link.http.connector
        return bool(connector._acquired)

    async def turn_until(self, condition: Callable[[], object], *, seconds: float = 61) -> None:
        """Turn the clock by so many seconds at a time until something holds, but not under a request."""

        def holds() -> object:
            if held := condition():
                return held
            if not self.is_asking:
                self.clock.advance(seconds)
            return False

        await until(holds)

    def user(self, cid: int) -> Any:
        """Return a user as it is shown."""
        return self.get(ObjectKind.USER, str(cid))

    def phone(self, device: Any) -> Any:
        """Return a phone as it is shown."""
        return self.get(ObjectKind.PHONE, device.name)

    def queue(self, name: str) -> Any:
        """Return a queue as it is shown."""
        return self.get(ObjectKind.QUEUE, name)

    def switch(self, number: int) -> Any:
        """Return a night mode as it is shown."""
        return self.get(ObjectKind.SWITCH, f"default/{number}")

    def story(self, object_id: Any) -> list[str]:
        """Return what happened to an object, with what has become sure by now."""
        self.moments += self.state.settle_calls().moments
        return [moment.type for moment in self.moments_of(str(object_id))]


def settings(pbx: IpcortexSimulator, **more: Any) -> dict[str, Any]:
    """Return settings that log in to the simulated PABX."""
    login = {} if "auth_key" in more else {"username": ADMIN[0], "password": ADMIN[1]}
    return {**address(pbx), **login, **more}


CLIENTS = Clients("ipcortex", settings, Client)
session_for, client_for = CLIENTS.session_for, CLIENTS.client_for
