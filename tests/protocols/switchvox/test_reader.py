"""The reader of a PBX that has no Extend API to speak of."""

from collections.abc import AsyncIterator

import pytest

from custom_components.pbx.protocols.switchvox.directory import Account
from custom_components.pbx.protocols.switchvox.extend import ExtendAbsent
from custom_components.pbx.protocols.switchvox.reader import Reader
from custom_components.pbx.protocols.switchvox.settings import SwitchvoxSettings
from tests.protocols.client import open_link
from tests.simulators.switchvox import OWN, SwitchvoxSimulator


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    """Return a reader whose PBX is not there."""
    async with SwitchvoxSimulator() as pbx:
        port = pbx.port
    async with open_link() as link:
        settings = SwitchvoxSettings(host="127.0.0.1", port=port, tls=False, extension=OWN, password="x")
        yield Reader(settings, link, lambda error: None)


async def test_account_without_an_id_is_not_asked_about(reader: Reader) -> None:
    """Without an account id there is nothing to ask, and nothing is sent."""
    own = Account(id=None, number=OWN, name="Own")
    queue = Account(id="7", number="300", name="Queue")
    for reading in (
        reader.read_mailbox(own, own),
        reader.read_presence(own, own),
        reader.read_queue(queue, own),
        reader.read_current_calls(own),
    ):
        with pytest.raises(ExtendAbsent):
            await reading
