"""How numbers outside are dialled, which the PBX tells at once or with its first user."""

from custom_components.pbx.protocols.keys import PBX_KEY
from custom_components.pbx.protocols.model import DialPlan
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.small_world import APP
from tests.waiting import until

from .client import Client, client_for, turning

BERLIN = DialPlan(
    country_code="49",
    area_code="30",
    external_prefix="0",
    national_prefix="00",
    international_prefix="000",
)


async def test_dialing_is_told(client: Client) -> None:
    """The prefixes of the node are there, with the area that only a user tells."""
    assert client.state.objects[PBX_KEY].dial_plan == BERLIN


async def test_dialing_by_users_alone(pbx: InnovaphoneSimulator) -> None:
    """A login that may not ask the node learns it from the first user whose calls it follows."""
    pbx.world.apps[APP].apis &= {"RCC"}
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.state.objects[PBX_KEY].dial_plan == BERLIN)
