"""The house of Anna."""

from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

from tests.components.parity.anna import Anna
from tests.components.parity.doing import Doer
from tests.components.parity.teller import Teller

from .home import Home
from .house import House


@pytest.fixture
def house(hass: HomeAssistant, anna: Anna, tmp_path: Path) -> House:
    """Return a house whose configuration folder is its own."""
    hass.config.config_dir = str(tmp_path)
    return House(hass)


@pytest.fixture
def line(doer: Doer, teller: Teller) -> str:
    """Return the device of Anna."""
    return doer.device("user", teller.anna)


@pytest.fixture
def home(house: House, teller: Teller, doer: Doer) -> Home:
    """Return a house in which the automations of the table are tried."""
    return Home(house, teller, doer)
