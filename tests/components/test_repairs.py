"""Repair issues: raised, put right by their flows, and gone once they are cured."""

from collections.abc import AsyncIterator
from datetime import timedelta
import json
from pathlib import Path
import re

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util, slugify
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.pbx.config.login_forms import LOGIN_FORMS
from custom_components.pbx.const import DOMAIN
from custom_components.pbx.hub import issues as issues_module
from custom_components.pbx.hub.issues import CERTIFICATE_CHANGED, CURED_AFTER, FIXABLE
from custom_components.pbx.protocols.changes import Notice
from custom_components.pbx.protocols.enums import NoticeCode
from custom_components.pbx.protocols.registry import SYSTEMS
from tests.memory_session import MemorySession
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import small_world
from tests.waiting import until

from .conftest import state_is
from .fixing import Fix, issues
from .memory_entry import memory_entry, set_up
from .systems import BEST, SIMULATORS, add_entry, answer

FOLDER = Path(issues_module.__file__).parent.parent
ENGLISH = FOLDER / "translations" / "en.json"
SWITCHES = "/apis/pbx/switches"


async def test_plain_http_is_told(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """Whoever chose plain HTTP is told what that means; the issue goes with the entry."""
    await until(lambda: issues(hass) == {"unencrypted"})
    await hass.config_entries.async_remove(loaded.entry_id)
    assert issues(hass) == set()


async def test_entry_is_renamed(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """An issue speaks of the PBX by the name that its entry has now, and one that was ignored stays so."""
    await until(lambda: issues(hass) == {"unencrypted"})
    registry = ir.async_get(hass)
    [key] = [key for key in registry.issues if key[0] == DOMAIN]
    registry.async_ignore(*key, ignore=True)
    hass.config_entries.async_update_entry(loaded, title="Reception")
    issue = registry.async_get_issue(*key)
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["name"] == "Reception"
    assert issue.dismissed_version is not None
    await hass.config_entries.async_remove(loaded.entry_id)
    assert issues(hass) == set()


@pytest.fixture
async def encrypted(pbx: AxeosSimulator, broken_handshakes: None) -> AsyncIterator[AxeosSimulator]:
    """Let the same PBX offer HTTPS on another port."""
    async with AxeosSimulator(world=pbx.world, tls=True, v1=False) as simulator:
        yield simulator


async def test_change_to_https(
    hass: HomeAssistant,
    encrypted: AxeosSimulator,
    loaded: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    """HTTPS is tried before it is kept, and the certificate of the PBX is shown on the way."""
    await until(lambda: "unencrypted" in issues(hass))
    fix = await Fix.start(hass, hass_client, "unencrypted")
    assert fix.step["step_id"] == "encrypt"
    away = await fix.submit({"port": loaded.data["port"], "trust": "off"})
    assert away["errors"] == {"base": "tls_on_plain_port"}
    shown = await fix.submit({"port": encrypted.port, "trust": "verify"})
    assert shown["step_id"] == "certificate"
    assert encrypted.requests == []
    done = await fix.submit()
    assert done["type"] == "create_entry"
    assert loaded.data["tls"] is True
    assert loaded.data["trust"] == "fingerprint"
    assert loaded.data["port"] == encrypted.port
    await until(lambda: loaded.state is ConfigEntryState.LOADED)
    assert issues(hass) == set()
    assert await hass.config_entries.async_unload(loaded.entry_id)


@pytest.mark.parametrize("make", SIMULATORS)
async def test_every_make_can_change(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, broken_handshakes: None, make: str
) -> None:
    """A plain connection of any make is told, with the usual port for TLS, and gone once TLS is used."""
    login = BEST[make]
    async with SIMULATORS[make]() as plain, SIMULATORS[make](world=plain.world, tls=True) as encrypted:
        entry = add_entry(hass, plain, login)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await until(lambda: "unencrypted" in issues(hass))
        fix = await Fix.start(hass, hass_client, "unencrypted")
        [port] = [field for field in fix.step["data_schema"] if field["name"] == "port"]
        assert port["default"] == LOGIN_FORMS[login].ports[0]
        assert (await fix.submit({"port": encrypted.port, "trust": "off"}))["type"] == "create_entry"
        await until(lambda: entry.state is ConfigEntryState.LOADED)
        assert entry.data["tls"] is True
        await until(lambda: "unencrypted" not in issues(hass))
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_https_of_another_pbx(
    hass: HomeAssistant,
    broken_handshakes: None,
    loaded: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    """Another PBX on that port is none of the entry's; nothing changes."""
    world = small_world()
    world.system.uuid = "another-pbx"
    await until(lambda: "unencrypted" in issues(hass))
    async with AxeosSimulator(world=world, tls=True, v1=False) as other:
        fix = await Fix.start(hass, hass_client, "unencrypted")
        refused = await fix.submit({"port": other.port, "trust": "off"})
    assert refused["errors"] == {"base": "another_pbx"}
    assert loaded.data["tls"] is False
    assert await hass.config_entries.async_unload(loaded.entry_id)


async def test_pbx_goes_while_its_certificate_is_looked_at(
    hass: HomeAssistant,
    encrypted: AxeosSimulator,
    loaded: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    """Where there is no certificate to look at, the flow ends and the issue stays."""
    await until(lambda: "unencrypted" in issues(hass))
    fix = await Fix.start(hass, hass_client, "unencrypted")
    nobody = {"port": 1, "trust": "fingerprint"}
    done = await fix.submit(nobody)
    assert done["type"] == "abort"
    assert done["reason"] == "cannot_connect"
    assert issues(hass) == {"unencrypted"}
    assert await hass.config_entries.async_unload(loaded.entry_id)


async def test_wrong_key_while_pinning(
    hass: HomeAssistant,
    encrypted: AxeosSimulator,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    """A login that fails under the new certificate is told there, and nothing is kept."""
    data = {**entry.data, "port": encrypted.port, "tls": True, "trust": "verify"}
    hass.config_entries.async_update_entry(entry, data=data)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    fix = await Fix.start(hass, hass_client, "certificate_changed")
    key = encrypted.world.api_keys.pop()
    refused = await fix.submit()
    assert refused["errors"] == {"base": "invalid_auth"}
    assert entry.data["trust"] == "verify"
    encrypted.world.api_keys.append(key)
    assert (await fix.submit())["type"] == "create_entry"
    assert entry.state is ConfigEntryState.LOADED
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_missing_right(
    hass: HomeAssistant, pbx: AxeosSimulator, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    """A right that an API key lacks is named, looked for again, and found once it is there."""
    pbx.faults.error(403, path=SWITCHES)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: "missing_right_axeos" in issues(hass))
    fix = await Fix.start(hass, hass_client, "missing_right_axeos")
    assert fix.step["step_id"] == "check"
    assert fix.step["description_placeholders"] == {"name": "Office PBX", "detail": "/switches"}
    assert (await fix.submit())["errors"] == {"base": "still_there"}
    assert "missing_right_axeos" in issues(hass)
    await pbx.stop()
    assert (await fix.submit())["errors"] == {"base": "cannot_connect"}
    pbx.faults.clear()
    await pbx.start()
    assert (await fix.submit())["type"] == "create_entry"
    assert "missing_right_axeos" not in issues(hass)
    await state_is(hass, "switch.pbx_example_org_night_mode", "off")


async def test_missing_right_cures_itself(
    hass: HomeAssistant, pbx: AxeosSimulator, entry: MockConfigEntry
) -> None:
    """Nobody has to do anything in Home Assistant once the PBX gives the right."""
    fault = pbx.faults.error(403, path=SWITCHES)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: "missing_right_axeos" in issues(hass))
    pbx.faults.rules.remove(fault)
    pbx.events.append("lunar_eclipse", darkness=7)
    await until(lambda: "missing_right_axeos" not in issues(hass))


async def test_right_taken_away_at_run_time(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry
) -> None:
    """A login that may not even listen any more is told by the right, until it may again."""
    await until(lambda: pbx.events.waiting)
    fault = pbx.faults.error(403)
    pbx.events.drop_pollers()
    await until(lambda: "missing_right_axeos" in issues(hass))
    await until(lambda: not loaded.runtime_data.connected)
    pbx.faults.rules.remove(fault)
    await until(lambda: loaded.runtime_data.connected)
    assert "missing_right_axeos" not in issues(hass)


async def test_login_without_the_right_to_begin(
    hass: HomeAssistant, pbx: AxeosSimulator, entry: MockConfigEntry
) -> None:
    """A login that may do nothing leads to the dialog for another one, which names the right."""
    fault = pbx.faults.error(403)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    await until(hass.config_entries.flow.async_progress)
    [flow] = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_right"
    result = await hass.config_entries.flow.async_configure(flow["flow_id"])
    assert result["description_placeholders"] == {
        "right": "/apis/pbx/events",
        "name": "Office PBX",
        "account": "API key",
    }
    login = {"api_key": entry.data["api_key"]}
    refused = await answer(hass, result, login)
    assert refused["errors"] == {"base": "missing_right"}
    pbx.faults.rules.remove(fault)
    done = await answer(hass, result, login)
    assert done["reason"] == "reauth_successful"
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
async def memory(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> tuple[MockConfigEntry, MemorySession]:
    """Set up a PBX whose session tells what it is given."""
    entry, session = memory_entry(hass, monkeypatch, [])
    await set_up(hass, entry)
    return entry, session


async def test_silence_means_cured(
    hass: HomeAssistant,
    memory: tuple[MockConfigEntry, MemorySession],
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a session does not tell again after a new start is cured."""
    entry, session = memory
    session.report(Notice(NoticeCode.NO_USERS_VISIBLE, active=True))
    await until(lambda: issues(hass) == {"no_users_visible"})
    monkeypatch.setattr(issues_module, "VERDICT_SECONDS", 0)
    fix = await Fix.start(hass, hass_client, "no_users_visible")
    assert (await fix.submit())["type"] == "create_entry"
    assert issues(hass) == set()
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_forgotten_after_a_start(
    hass: HomeAssistant, memory: tuple[MockConfigEntry, MemorySession]
) -> None:
    """A while after a start only those are left that were told again, or that only calls can cure."""
    entry, session = memory
    codes = (NoticeCode.LOGGED_OUT_OFTEN, NoticeCode.NO_USERS_VISIBLE, NoticeCode.CALL_EVENTS_MISSING)
    session.report(*(Notice(code, active=True) for code in codes))
    await until(lambda: issues(hass) == set(codes))
    assert await hass.config_entries.async_reload(entry.entry_id)
    session.report(Notice(NoticeCode.NO_USERS_VISIBLE, active=True))
    await session.delivered()
    await hass.async_block_till_done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=CURED_AFTER + 1))
    await until(lambda: issues(hass) == {NoticeCode.NO_USERS_VISIBLE, NoticeCode.CALL_EVENTS_MISSING})
    session.report(Notice(NoticeCode.CALL_EVENTS_MISSING, active=False))
    await until(lambda: issues(hass) == {NoticeCode.NO_USERS_VISIBLE})
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_over_after_an_hour(hass: HomeAssistant, memory: tuple[MockConfigEntry, MemorySession]) -> None:
    """A login that was used elsewhere counts as free again an hour after the last time."""
    entry, session = memory
    often = Notice(NoticeCode.LOGGED_OUT_OFTEN, active=True)
    start = dt_util.utcnow()
    session.report(often)
    await until(lambda: issues(hass) == {"logged_out_often"})
    session.report(often)
    await session.delivered()
    await hass.async_block_till_done()
    async_fire_time_changed(hass, start + timedelta(seconds=3590))
    await hass.async_block_till_done()
    assert issues(hass) == {"logged_out_often"}
    async_fire_time_changed(hass, start + timedelta(seconds=3660))
    await until(lambda: issues(hass) == set())
    session.report(often)
    await until(lambda: issues(hass) == {"logged_out_often"})
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("code", [*NoticeCode, CERTIFICATE_CHANGED])
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_issue_has_its_texts(code: str, system: str) -> None:
    """What can be fixed has a flow with texts, the rest says what to do."""
    texts = json.loads(ENGLISH.read_text())["issues"]
    key = issues_module.get_text_key(code, system)
    assert ("fix_flow" if code in FIXABLE else "description") in texts[key]


async def test_cured_whatever_it_was(
    hass: HomeAssistant, memory: tuple[MockConfigEntry, MemorySession]
) -> None:
    """Once all is well the issue goes, for whatever reason it was raised."""
    _, session = memory
    session.report(Notice(NoticeCode.LIVE_FEED_MISSING, active=True, detail="no script"))
    await until(lambda: issues(hass))
    session.report(Notice(NoticeCode.LIVE_FEED_MISSING, active=False))
    await until(lambda: not issues(hass))


@pytest.mark.parametrize("language", ["en", "de", "nl", "fr", "es", "it"])
def test_every_reason_has_words(language: str) -> None:
    """Each reason for which an IPCortex PABX shows no live calls is told in words, without its code."""
    texts = json.loads((FOLDER / "translations" / f"{language}.json").read_text())["selector"]
    source = "".join(path.read_text() for path in (FOLDER / "protocols" / "ipcortex").glob("*.py"))
    reasons = re.findall(r'(?:ScriptUnusable\(|unusable = )"([^"]+)"', source)
    assert {"auth key", "engine missing", "no answer"} <= set(reasons)
    named = texts["live_feed_missing"]["options"]
    assert [reason for reason in reasons if slugify(reason) not in named] == []
    assert "{reason}" in named["other"]
    rights = re.findall(r'MissingRight\("([a-z -]+)"\)', source)
    assert [right for right in rights if slugify(right) not in texts["missing_right"]["options"]] == []
