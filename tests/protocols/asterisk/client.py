"""Sessions to a genuine Asterisk, kept open as Home Assistant would."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
import ssl
from typing import Any, override

from custom_components.pbx.protocols.asterisk import create
from custom_components.pbx.protocols.call import Call
from custom_components.pbx.protocols.changes import Change
from custom_components.pbx.protocols.enums import MomentType, NoticeCode, ObjectKind
from custom_components.pbx.protocols.keys import ObjectKey
from tests.genuine.office import RECOMMENDED, GenuineOffice
from tests.genuine.telephone import Telephone
from tests.protocols.client import Clients, address, open_link
from tests.protocols.collector import Collector
from tests.simulators.asterisk import AsteriskSimulator
from tests.simulators.asterisk.small_world import LOGIN
from tests.simulators.common.clock import Clock
from tests.waiting import TIMEOUT


def settings(genuine: GenuineOffice, **more: Any) -> dict[str, Any]:
    """Return what logs in as a person is told to."""
    username, password = RECOMMENDED
    address = {"host": genuine.server.host, "port": genuine.server.ports.ami, "tls": False}
    return {**address, "username": username, "password": password, **more}


class AsteriskCollector(Collector):
    """What a session reports, and conditions on it to wait for."""

    def __init__(self, session: Any, clock: Clock) -> None:
        super().__init__(session, clock)
        self._news = asyncio.Event()

    @override
    async def apply(self, changes: Sequence[Change]) -> None:
        await super().apply(changes)
        self.moments += self.state.settle_calls().moments
        self._news.set()
        self._news = asyncio.Event()

    @override
    async def on_connected(self) -> None:
        await super().on_connected()
        self._news.set()
        self._news = asyncio.Event()

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until a condition on what was reported holds."""
        async with asyncio.timeout(TIMEOUT):
            while not condition():
                await self._news.wait()

    def missing_rights(self) -> set[str]:
        """Return the rights of which the session says that the login lacks them."""
        return {detail for code, detail in self.notices() if code == NoticeCode.MISSING_RIGHT}

    def user(self, number: str) -> Any:
        """Return a user as it is shown."""
        return self.get(ObjectKind.USER, number)

    def phone(self, number: str) -> Any:
        """Return a phone as it is shown."""
        return self.get(ObjectKind.PHONE, f"PJSIP/{number}")

    def heard(self, number: str, kind: ObjectKind = ObjectKind.USER) -> list[MomentType]:
        """Return what a user was told so far."""
        key = ObjectKey(kind, number)
        return [moment.type for moment in self.moments if moment.key == key]

    @property
    def ended(self) -> Call:
        """Return the call that has ended last."""
        assert self.state.calls.last_ended is not None
        return self.state.calls.last_ended

    def outcome(self, number: str) -> str | None:
        """Return what became of the call that has ended last for a user."""
        return self.ended.views()[ObjectKey(ObjectKind.USER, number)].outcome

    async def until_over(self, number: int = 1) -> Call:
        """Wait until so many calls have ended, and return the last one."""
        await self.until(
            lambda: sum(getattr(item, "end", None) is not None for item in self.changes) >= number
        )
        return self.ended

    async def shows(self, **statuses: str) -> None:
        """Wait until users show these statuses, given as `u201="idle"`."""
        await self.until(
            lambda: all(self.user(name[1:]).status == status for name, status in statuses.items())
        )


@asynccontextmanager
async def session_for(genuine: GenuineOffice, **more: Any) -> AsyncIterator[Any]:
    """Return a session that is not open yet."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    async with open_link(context) as link:
        session = create(settings(genuine, **more), link)
        try:
            yield session
        finally:
            await session.close()


@asynccontextmanager
async def client_for(genuine: GenuineOffice, **more: Any) -> AsyncIterator[AsteriskCollector]:
    """Return a client whose session is open and kept so."""
    async with session_for(genuine, **more) as session:
        client = AsteriskCollector(session, Clock())
        async with client.running():
            yield client


@asynccontextmanager
async def telephones(genuine: GenuineOffice, *numbers: str) -> AsyncIterator[list[Telephone]]:
    """Return telephones that have logged in."""
    async with AsyncExitStack() as stack:
        found = [await stack.enter_async_context(genuine.telephone(number)) for number in numbers]
        for telephone in found:
            await telephone.register()
        yield found


def simulated_settings(
    pbx: AsteriskSimulator, *, dial_from: str | None = None, **more: Any
) -> dict[str, Any]:
    """Return what logs in to a simulated Asterisk; `dial_from` is the context that the options name."""
    username, password = LOGIN
    login = {"username": username, "password": password, "context": dial_from}
    return {**address(pbx), **login, **more}


SIMULATED = Clients("asterisk", simulated_settings, AsteriskCollector)
