"""Whether texts that are missing are found in whatever test asks for them."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from tests.simulators.axeos import AxeosSimulator

from . import text_check as texts
from .systems import open_form, submit
from .text_check import TextCheck


def found(check: TextCheck) -> set[str]:
    """Return the faults, which are wanted here."""
    faults, check.faults = check.faults, set()
    return faults


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Leave out some of the English texts."""
    left = {key: text for key, text in texts.english().items() if not key.startswith(request.param)}
    monkeypatch.setattr(texts, "english", lambda: left)


@pytest.mark.parametrize("error", [HomeAssistantError, ServiceValidationError])
def test_exception(text_check: TextCheck, error: type[HomeAssistantError]) -> None:
    """An exception has a text, all of whose placeholders are filled in."""
    error("plain")
    error(translation_domain="hue", translation_key="no_such")
    error(
        translation_domain=DOMAIN, translation_key="command_failed", translation_placeholders={"detail": "A"}
    )
    assert found(text_check) == set()
    error(translation_domain=DOMAIN, translation_key="no_such")
    assert found(text_check) == {"exceptions.no_such.message is not in en.json"}
    error(translation_domain=DOMAIN, translation_key="command_failed")
    assert found(text_check) == {"exceptions.command_failed.message: nothing is said of detail"}


async def test_issue(hass: HomeAssistant, text_check: TextCheck) -> None:
    """An issue has a title, and says what is wrong."""
    for domain, key in (("hue", "no_such"), (DOMAIN, "no_such"), (DOMAIN, "unencrypted")):
        ir.async_create_issue(
            hass, domain, key, is_fixable=False, severity=ir.IssueSeverity.WARNING, translation_key=key
        )
    assert found(text_check) >= {
        "issues.no_such.title is not in en.json",
        "issues.no_such.description is not in en.json",
    }


async def test_entity_and_device(hass: HomeAssistant, text_check: TextCheck) -> None:
    """What is registered has a name, and an icon unless its device class brings one."""
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    registry = er.async_get(hass)
    registry.async_get_or_create("sensor", "hue", "1", translation_key="no_such")
    registry.async_get_or_create("sensor", DOMAIN, "1")
    registry.async_get_or_create("sensor", DOMAIN, "2", translation_key="missed_calls")
    assert found(text_check) == set()
    registry.async_get_or_create("sensor", DOMAIN, "3", translation_key="no_such")
    assert found(text_check) == {
        "entity.sensor.no_such is not in en.json",
        "entity.sensor.no_such has no icon",
    }
    registry.async_get_or_create(
        "sensor", DOMAIN, "4", translation_key="no_such", original_device_class="timestamp"
    )
    assert found(text_check) == {"entity.sensor.no_such is not in en.json"}
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "1")}, translation_key="no_such"
    )
    assert found(text_check) == {"device.no_such.name is not in en.json"}


@pytest.mark.parametrize(
    ("without", "missing"),
    [
        ("config.step.user.title", "config.step.user.title"),
        ("config.step.axeos.menu_options.axeos_user", "config.step.axeos.menu_options.axeos_user"),
        ("config.step.axeos_user.data.username", "config.step.axeos_user.data.username"),
        ("config.step.axeos_user.data_description.host", "config.step.axeos_user.data_description.host"),
        (
            "config.step.axeos_user.sections.connection.name",
            "config.step.axeos_user.sections.connection.name",
        ),
        (
            "config.step.axeos_user.sections.connection.data.port",
            "config.step.axeos_user.sections.connection.data.port",
        ),
        ("selector.trust.options.off", "selector.trust.options.off"),
    ],
    indirect=["without"],
)
@pytest.mark.usefixtures("without")
async def test_form(hass: HomeAssistant, text_check: TextCheck, missing: str) -> None:
    """All that a form or a menu shows has a text."""
    await open_form(hass, "axeos_user")
    assert any(fault.startswith(missing) for fault in found(text_check))


@pytest.mark.parametrize("without", ["config.abort."], indirect=True)
@pytest.mark.usefixtures("without")
async def test_abort(
    hass: HomeAssistant, text_check: TextCheck, pbx: AxeosSimulator, loaded: MockConfigEntry
) -> None:
    """The end of a flow has a text."""
    await submit(hass, pbx, "axeos_api_key")
    assert found(text_check) == {"config.abort.already_configured is not in en.json"}


@pytest.mark.parametrize("without", ["config.flow_title"], indirect=True)
@pytest.mark.usefixtures("without")
async def test_title(hass: HomeAssistant, text_check: TextCheck, entry: MockConfigEntry) -> None:
    """The card of a flow that begins by itself has a title."""
    await entry.start_reauth_flow(hass)
    assert found(text_check) == {"config.flow_title is not in en.json"}


async def test_title_with_placeholders(
    text_check: TextCheck, hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the title of a card leaves open is filled in."""
    asking = {**texts.english(), "config.flow_title": "{name} with {colour}"}
    monkeypatch.setattr(texts, "english", lambda: asking)
    await entry.start_reauth_flow(hass)
    assert found(text_check) == {"config.flow_title: nothing is said of colour"}
