"""The dashboard in daily use, on an Asterisk: at a desk, on a tablet, by people with few rights."""

from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import CDPSession, Locator, Page, expect
import pytest_asyncio

from tests.live.browser import Browser, HaPage
from tests.live.dashboards import cards_in_sections, name_people, save_dashboard
from tests.live.instance import LiveHomeAssistant
from tests.simulators.asterisk import AsteriskSimulator
from tests.simulators.asterisk.small_world import LOGIN
from tests.waiting import until

ANNA, BJORN, CARLA = (
    f"sensor.asterisk_{name}_status" for name in ("anna_archer", "bjorn_berg", "carla_conti")
)
TO_DO = "todo.asterisk_anna_archer_calls_to_return"
JANSEN = ("+31201234567", "Jansen & Zonen")
TABLET = (1024, 768)
# Tones are counted where they are made, since nobody listens.
COUNT_TONES = """() => {
  window.tones = 0;
  const make = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); };
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def pbx(live: LiveHomeAssistant) -> AsyncIterator[AsteriskSimulator]:
    """Run a simulated PBX in which the demo user is Anna, and remove it from Home Assistant afterwards."""
    async with AsteriskSimulator() as simulator:
        connection = {"port": simulator.port, "tls": False, "trust": "off"}
        form = {"host": simulator.host, "username": LOGIN[0], "password": LOGIN[1], "connection": connection}
        await live.api.config_flow.run("pbx", "asterisk", form)
        await live.api.wait_for_state(ANNA, "idle")
        [entry] = await live.api.entries("pbx")
        await name_people(live.api, entry["entry_id"], {"person.demo": "201"})
        await live.api.wait_for_state(ANNA, "idle")
        yield simulator
        await live.api.delete_entry(entry["entry_id"])
        assert simulator.violations == []


async def open_cards(live: LiveHomeAssistant, browser: Browser, *cards: str, **options: object) -> HaPage:
    """Open a dashboard with these cards of ours."""
    config = cards_in_sections(*({"type": f"custom:pbx-{card}-card"} for card in cards))
    path = await save_dashboard(live.api, "work", config)
    return await browser.page(path, **options)  # type: ignore[arg-type]


async def ring(live: LiveHomeAssistant, pbx: AsteriskSimulator, *, answer: bool = False) -> None:
    """Let Jansen call Anna."""
    pbx.office.outside_calls("201", *JANSEN)
    await live.api.wait_for_state(ANNA, "ringing")
    if answer:
        pbx.answer("201")
        await live.api.wait_for_state(ANNA, "talking")


async def hang_up_all(live: LiveHomeAssistant, pbx: AsteriskSimulator) -> None:
    """End all calls."""
    while pbx.world.channels:
        pbx.office.hang_up(pbx.world.channels[0])
    await live.api.wait_for_state(ANNA, "idle")


async def press(card: Locator, *names: str) -> None:
    """Press buttons one after the other."""
    for name in names:
        await card.get_by_role("button", name=name, exact=True).click()


async def test_tones_parking_and_settings(
    live: LiveHomeAssistant, browser: Browser, pbx: AsteriskSimulator, screens: Path
) -> None:
    """A call is sent tones, recorded, parked and fetched back; then Anna wants no calls and is away."""
    page = await open_cards(live, browser, "my-phone", "parked")
    phone, parked = page.page.locator("pbx-my-phone-card"), page.page.locator("pbx-parked-card")
    await ring(live, pbx, answer=True)
    await press(phone, "Keypad", "Send 1", "Send #")
    await expect(phone.locator(".sent")).to_have_text("1#")
    await until(lambda: [sent.get("Digit") for sent in pbx.asked("PlayDTMF")] == ["1", "#"])
    await press(phone, "Record")
    await expect(phone.get_by_text("Recorded")).to_be_visible()
    await press(phone, "Stop recording")
    await expect(phone.get_by_text("Recorded")).to_have_count(0)
    assert [len(pbx.asked(action)) for action in ("MixMonitor", "StopMixMonitor")] == [1, 1]
    await press(phone, "Park")
    await expect(parked.get_by_text(JANSEN[1])).to_be_visible()
    await page.screenshot(screens / "1 parked.png")
    await parked.get_by_role("button", name="Pick up").click()
    await live.api.wait_for_state(ANNA, "dialing")
    pbx.answer("201")
    await expect(phone.locator(".call.talking .caller")).to_have_text(JANSEN[1])
    await expect(parked.get_by_text("No parked calls")).to_be_visible()
    await press(phone, "Hang up")
    await phone.get_by_role("button", name="Do not disturb: Off").click()
    await press(phone, "30 min")
    await expect(phone.get_by_role("button", name="Do not disturb: until")).to_be_visible()
    await press(phone, "Forward calls")
    await phone.get_by_role("textbox").fill("car")
    await phone.get_by_role("button", name="Carla Conti").click()
    await expect(phone.get_by_role("button", name="Forwarded to Carla Conti")).to_be_visible()
    assert (pbx.world.database["/DND/201"], pbx.world.database["/CF/201"]) == ("YES", "203")
    # What was found for the one purpose must not wait to be pressed for another.
    await expect(phone.get_by_role("button", name="Carla Conti", exact=True)).to_have_count(0)
    await phone.get_by_role("button", name="Presence").click()
    await phone.get_by_role("textbox", name="Note").fill("Lunch")
    await press(phone, "Away")
    await expect(phone.get_by_role("button", name="Presence: Away")).to_be_visible()
    await page.screenshot(screens / "2 quiet.png")
    await phone.get_by_role("button", name="Do not disturb").click()
    await press(phone, "Off", "Forwarded to Carla Conti", "Stop forwarding")
    await expect(phone.get_by_role("button", name="Forward calls")).to_be_visible()
    await expect(phone.get_by_role("button", name="Do not disturb: Off")).to_be_visible()
    assert not page.errors


async def test_queue_and_calls_to_return(
    live: LiveHomeAssistant, browser: Browser, pbx: AsteriskSimulator, screens: Path
) -> None:
    """Agents pause and come back, full screen and sound work, and a missed call is ticked off."""
    await live.api.socket.command("config/entity_registry/update", entity_id=TO_DO, disabled_by=None)
    [entry] = await live.api.entries("pbx")
    await live.api.reload_entry(entry["entry_id"])
    await live.api.wait_for_state(TO_DO, "0")
    page = await open_cards(live, browser, "wallboard", "calls")
    board, calls = page.page.locator("pbx-wallboard-card"), page.page.locator("pbx-calls-card")
    await press(board, "Pause: Björn Berg")
    await expect(board.get_by_text("Paused")).to_be_visible()
    await press(board, "Resume work: Björn Berg")
    await expect(board.get_by_text("Paused")).to_have_count(0)
    # Who is an agent by the configuration cannot be logged out.
    await expect(board.get_by_role("button", name="Log out")).to_have_count(0)
    await page.page.evaluate(COUNT_TONES)
    await press(board, "Turn sound on", "Full screen")
    await expect(board.get_by_role("button", name="Leave full screen")).to_be_visible()
    assert await page.page.evaluate("!!document.fullscreenElement")
    pbx.office.outside_calls("400", *JANSEN)
    await page.page.wait_for_function("window.tones === 4")
    await expect(board.get_by_text(JANSEN[1])).to_be_visible()
    await page.screenshot(screens / "1 full screen.png")
    await press(board, "Leave full screen")
    await expect(board.get_by_role("button", name="Full screen", exact=True)).to_be_visible()
    await hang_up_all(live, pbx)
    await ring(live, pbx)
    await hang_up_all(live, pbx)
    await live.api.wait_for_state(TO_DO, "1")
    await page.screenshot(screens / "2 calls.png", "text=You missed a call from Jansen")
    await calls.get_by_role("checkbox").click()
    await live.api.wait_for_state(TO_DO, "0")
    await expect(calls.get_by_role("checkbox")).to_have_count(0)
    assert not page.errors


async def touch(cdp: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    """Let a finger touch the screen, move on it or leave it."""
    at = [{"x": x, "y": y} for x, y in points]
    await cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})


async def centre(place: Locator) -> tuple[float, float]:
    """Return where the middle of an element is on the screen."""
    box = await place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def drag(cdp: CDPSession, what: Locator, where: Locator) -> None:
    """Let a finger drag something, and stay."""
    (x, y), (to_x, to_y) = await centre(what), await centre(where)
    await touch(cdp, "touchStart", (x, y))
    for part in (0.2, 0.6, 1):
        await touch(cdp, "touchMove", (x + (to_x - x) * part, y + (to_y - y) * part))


async def test_touch(
    live: LiveHomeAssistant, browser: Browser, pbx: AsteriskSimulator, screens: Path
) -> None:
    """On a tablet a finger drags a call onto a colleague; held on somebody it shows more, and stays so."""
    page = await open_cards(live, browser, "switchboard", size=TABLET, touch=True)
    cdp = await page.page.context.new_cdp_session(page.page)
    board = page.page.locator("pbx-switchboard-card")
    await ring(live, pbx, answer=True)
    start, end = (
        await centre(board.locator(".handle")),
        await centre(board.locator("pbx-chip", has_text="Carla")),
    )
    await touch(cdp, "touchStart", start)
    for step in range(1, 6):
        part = step / 5
        await touch(cdp, "touchMove", tuple(a + (b - a) * part for a, b in zip(start, end, strict=True)))  # type: ignore[arg-type]
    await page.page.screenshot(path=screens / "1 dragging.png")
    await touch(cdp, "touchEnd")
    await live.api.wait_for_state(CARLA, "ringing")
    await touch(cdp, "touchStart", await centre(board.locator("pbx-chip", has_text="Dora").locator(".name")))
    await expect(board.get_by_role("dialog")).to_be_visible()
    await touch(cdp, "touchEnd")
    await page.screenshot(screens / "2 more.png")
    await expect(board.get_by_role("dialog")).to_be_visible()
    assert [sent.get("Exten") for sent in pbx.asked("BlindTransfer")] == ["203"]
    assert not pbx.asked("Originate")
    await hang_up_all(live, pbx)
    assert not page.errors


async def show_idle(pages: list[Page]) -> None:
    """Wait until pages show that there is no call."""
    for page in pages:
        await page.locator("pbx-my-phone-card .idle").wait_for()


async def test_two_tabs_and_a_nap(live: LiveHomeAssistant, browser: Browser, pbx: AsteriskSimulator) -> None:
    """Two tabs show the same; frozen, without a network or sent to sleep they come back right."""
    first = await open_cards(live, browser, "my-phone")
    context = first.page.context
    second = await context.new_page()
    await second.goto(first.page.url)
    await show_idle([first.page, second])
    await ring(live, pbx)
    await second.locator("pbx-my-phone-card .caller").wait_for()
    await press(first.page.locator("pbx-my-phone-card"), "Reject")
    await show_idle([first.page, second])
    cdp = await context.new_cdp_session(second)
    await cdp.send("Page.setWebLifecycleState", {"state": "frozen"})
    await ring(live, pbx, answer=True)
    await cdp.send("Page.setWebLifecycleState", {"state": "active"})
    await second.locator("pbx-my-phone-card .call.talking").wait_for()
    connection = "document.querySelector('home-assistant').hass.connection"
    await context.set_offline(True)
    await second.evaluate(f"{connection}.socket.close()")
    await hang_up_all(live, pbx)
    await context.set_offline(False)
    await show_idle([second])
    # So Home Assistant's own page goes to sleep when nobody has looked for five minutes.
    sleep = f"{connection}.suspendReconnectUntil(new Promise((wake) => (window.wake = wake)))"
    await second.evaluate(f"{sleep}, {connection}.suspend()")
    await ring(live, pbx)
    await second.evaluate("window.wake()")
    await second.locator("pbx-my-phone-card .call.ringing").wait_for()
    await hang_up_all(live, pbx)
    await show_idle([first.page, second])
    assert not first.errors


async def test_people_with_few_rights(
    live: LiveHomeAssistant, browser: Browser, pbx: AsteriskSimulator, screens: Path
) -> None:
    """Who is no administrator has their own telephone; who may only read has no button that acts."""
    groups = {"Reader": "system-read-only", "Member": "system-users"}
    tokens = {name: await live.add_user(name, group) for name, group in groups.items()}
    for user in await live.api.socket.command("config/auth/list"):
        if user["name"] in groups:
            await live.api.socket.command(
                "person/create", name=user["name"], user_id=user["id"], device_trackers=[]
            )
    [entry] = await live.api.entries("pbx")
    people = {"person.demo": "201", "person.reader": "202", "person.member": "203"}
    await name_people(live.api, entry["entry_id"], people)
    await live.api.wait_for_state(ANNA, "idle")
    cards = ("my-phone", "wallboard", "switches", "switchboard")
    reader = await open_cards(live, browser, *cards, tokens=tokens["Reader"])
    phone, queues, switches, board = (reader.page.locator(f"pbx-{card}-card") for card in cards)
    pbx.office.outside_calls("202", *JANSEN)
    await expect(phone.locator(".caller")).to_have_text(JANSEN[1])
    await expect(queues.get_by_text("Björn Berg")).to_be_visible()
    await expect(switches.get_by_text("Call flow 0")).to_be_visible()
    for buttons in (phone, queues.locator("li"), switches, board.locator(".mine")):
        await expect(buttons.get_by_role("button")).to_have_count(0)
    await reader.screenshot(screens / "1 reader.png")
    await hang_up_all(live, pbx)
    member = await open_cards(live, browser, *cards, tokens=tokens["Member"])
    await member.page.locator("pbx-chip", has_text="Dora").locator(".main").click()
    await live.api.wait_for_state(CARLA, "dialing")
    await hang_up_all(live, pbx)
    assert not reader.errors + member.errors


async def test_tile_badge_and_groups(
    live: LiveHomeAssistant, browser: Browser, pbx: AsteriskSimulator, screens: Path
) -> None:
    """A tile calls and hangs up, the badge counts who waits, and people are grouped by where they sit."""
    area = await live.api.socket.command("config/area_registry/create", name="Workshop")
    [dora] = [device for device in await live.api.devices() if device["name"] == "Dora Diaz"]
    await live.api.socket.command(
        "config/device_registry/update", device_id=dora["id"], area_id=area["area_id"]
    )
    feature = {"type": "custom:pbx-call-actions-feature"}
    tiles = [{"type": "tile", "entity": entity, "features": [feature]} for entity in (ANNA, BJORN)]
    groups = {"type": "custom:pbx-switchboard-card", "group_by": "area"}
    config = cards_in_sections(*tiles, groups)
    config["views"][0]["badges"] = [{"type": "custom:pbx-waiting-badge"}]
    page = await browser.page(await save_dashboard(live.api, "tiles", config))
    await page.page.locator("pbx-call-actions-feature").get_by_role("button", name="Call Björn Berg").click()
    await live.api.wait_for_state(ANNA, "dialing")
    pbx.answer("201")
    await live.api.wait_for_state(BJORN, "ringing")
    await expect(page.page.get_by_role("button", name="Pick up", exact=True)).to_have_count(1)
    await page.screenshot(screens / "1 tiles.png")
    await page.page.locator("pbx-call-actions-feature").first.get_by_role("button", name="Hang up").click()
    await live.api.wait_for_state(ANNA, "idle")
    pbx.office.outside_calls("400", *JANSEN)
    await expect(page.page.locator("pbx-waiting-badge").get_by_text("Waiting: 1")).to_be_visible()
    await hang_up_all(live, pbx)
    await expect(page.page.locator("pbx-switchboard-card h3")).to_have_text(["Workshop", "Others"])
    assert not page.errors
