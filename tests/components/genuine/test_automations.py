"""The automations of the table and the story of all systems, on a genuine Asterisk."""

from collections.abc import AsyncIterator, Callable
from importlib import import_module
import inspect
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from tests.components.parity import test_parity
from tests.components.parity.anna import Anna
from tests.components.parity.automations.conftest import home, line
from tests.components.parity.automations.home import Home
from tests.components.parity.automations.house import House
from tests.components.parity.automations.table import TABLE, Automation
from tests.components.parity.conftest import doer
from tests.components.parity.doing import Doer
from tests.components.parity.entry import set_up
from tests.genuine.office import GenuineOffice

from .teller import FREEPBX_PARTS, GenuineTeller

__all__ = ["doer", "home", "line"]

PACKAGE = "tests.components.parity.automations"
AUTOMATIONS = [item for item in TABLE if item.missing("asterisk") is None]
STORY = [
    function
    for name, function in vars(test_parity).items()
    if name.startswith("test_") and any("asterisk" in mark.args[1] for mark in function.pytestmark)
]


def on_server(needs: set[Any]) -> tuple[int, str]:
    """Return the version and flavour for what is needed; both versions get their share."""
    return (16, "freepbx") if needs & FREEPBX_PARTS else (22, "plain")


@pytest.fixture
def options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the options of the entry, of which only doors need any."""
    automation = request.node.callspec.params.get("automation")
    is_door = automation is not None and automation.module == "test_doors"
    return {"door_phones": [GenuineTeller.door]} if is_door else {}


@pytest.fixture
async def teller(genuine: GenuineOffice) -> AsyncIterator[GenuineTeller]:
    """Plug in everybody's telephone; of switches there are only those that are on or off."""
    await genuine.command("database deltree TC")
    async with GenuineTeller(genuine).running() as teller:
        yield teller


@pytest.fixture
async def anna(hass: HomeAssistant, teller: GenuineTeller, options: dict[str, Any]) -> AsyncIterator[Anna]:
    """Set the integration up and wait until it follows Anna."""
    anna = await set_up(hass, teller, options)
    yield anna
    assert await hass.config_entries.async_unload(anna.config_entry.entry_id)


@pytest.fixture
def house(hass: HomeAssistant, anna: Anna, tmp_path: Path) -> House:
    """Return a house whose configuration folder is its own."""
    hass.config.config_dir = str(tmp_path)
    return House(hass)


async def tell(function: Callable[..., Any], known: dict[str, Any]) -> None:
    """Run a test that is written for all systems, with as much of what is known as it asks for."""
    await function(**{name: known[name] for name in inspect.signature(function).parameters})


@pytest.mark.parametrize(
    ("automation", "genuine"),
    [pytest.param(item, on_server(set(item.needs)), id=item.name) for item in AUTOMATIONS],
    indirect=["genuine"],
)
async def test_automation(
    automation: Automation,
    hass: HomeAssistant,
    home: Home,
    house: House,
    line: str,
    teller: GenuineTeller,
    anna: Anna,
    doer: Doer,
) -> None:
    """Each does what it does on a simulated PBX."""
    function = getattr(import_module(f"{PACKAGE}.{automation.module}"), f"test_{automation.name}")
    parts = {"home": home, "house": house, "line": line, "teller": teller, "anna": anna, "doer": doer}
    await tell(function, {"hass": hass, **parts, "patience": "01:00:00", "callers": 2})


def on_story_server(function: Callable[..., Any]) -> tuple[int, str]:
    """Return the version and flavour; Asterisk 16 tells of no message that is put into a folder."""
    return (22, "plain") if function is test_parity.test_voicemail else (16, "freepbx")


@pytest.mark.parametrize(
    ("function", "genuine"),
    [pytest.param(item, on_story_server(item), id=item.__name__) for item in STORY],
    indirect=["genuine"],
)
async def test_story(
    function: Callable[..., Any], hass: HomeAssistant, teller: GenuineTeller, anna: Anna
) -> None:
    """The story that all systems tell."""
    await tell(function, {"hass": hass, "teller": teller, "anna": anna})
