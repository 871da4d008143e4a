"""Set a PBX up as most people have it, let one call come, and print the lazy modules that this has loaded."""

import asyncio
from importlib import import_module
import json
from pathlib import Path
import sys

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from homeassistant.setup import async_setup_component

from custom_components.pbx.hub import lazy_module
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.enums import CallState, EndCause, LegRole
from custom_components.pbx.protocols.model import Phone, User
from tests.bench.office import running_office

ANNA = User(id="1", name="Anna", number="201")
DESK = Phone(id="1", name="Desk", users=("1",))


async def main() -> None:
    """Print the names of the modules."""
    # It imports the tests of all makes, which load nothing of ours in the way that counts here.
    bare_home_assistant = import_module("tests.bench.__main__").bare_home_assistant
    async with bare_home_assistant() as hass:
        for component in ("homeassistant", "conversation"):
            assert await async_setup_component(hass, component, {})
        async with running_office(hass, [ANNA, DESK]) as office:
            for state in (CallState.RINGING, CallState.TALKING):
                leg = Leg(id="a", role=LegRole.CALLEE, party=Party(user="1", phone="1"), state=state)
                await office.pbx.apply([CallChange(id="1", caller=Party(number="+31201234567"), legs=(leg,))])
            await office.pbx.apply([CallChange(id="1", end=EndCause.HANGUP)])
            await hass.async_block_till_done()
            print(json.dumps(sorted(lazy_module._loaded)))


if __name__ == "__main__":
    asyncio.run(main())
