"""Timers, promises, randomness, reports, and scripts that are replaced."""

import asyncio
import ssl
import threading
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.pbx.protocols.ipcortex.host import Limits, ScriptError, ScriptHost
from custom_components.pbx.protocols.session import Link
from tests.waiting import until

from .conftest import Hosted, Site, hosted


async def test_timers_in_order(script: Hosted) -> None:
    """Timers fire in the order of their times, with their arguments, and not when cleared."""
    told = await script.run("""new Promise((resolve) => {
      const log = [];
      setTimeout((a, b) => log.push(a + b), 20, "x", "y");
      setTimeout(() => log.push("first"), 5);
      clearTimeout(setTimeout(() => log.push("never"), 1));
      clearTimeout(12345); clearInterval(undefined);
      setTimeout(() => resolve(log), 40);
    })""")
    assert told == ["first", "xy"]


async def test_interval(script: Hosted) -> None:
    """An interval goes on until it is cleared, even by itself."""
    told = await script.run("""new Promise((resolve) => {
      let count = 0;
      const id = setInterval(() => {
        count += 1;
        if (count === 3) { clearInterval(id); resolve(count); }
      }, 1);
    })""")
    assert told == 3
    await until(lambda: script.host.statistics()["timers"] == 0)


async def test_odd_delays(script: Hosted) -> None:
    """A delay that is no number is none."""
    for delay in ("NaN", "-5", "'x'", "{}", "Infinity", "undefined"):
        assert await script.run(f"new Promise((resolve) => setTimeout(() => resolve(1), {delay}))") == 1
    with pytest.raises(ScriptError):
        await script.run("setTimeout('code', 1)")


async def test_promises_before_timers(script: Hosted) -> None:
    """Jobs of promises run before the next timer."""
    told = await script.run("""new Promise((resolve) => {
      const log = [];
      setTimeout(() => resolve(log), 0);
      Promise.resolve().then(() => log.push(1)).then(() => log.push(2));
      (async () => { log.push(0); await null; log.push("async"); })();
    })""")
    assert told == [0, 1, "async", 2]


async def test_each_event_is_a_turn_of_its_own(script: Hosted) -> None:
    """What promises wait for runs after each of the events that come together, as it does in a browser."""
    await script.host.extend("""(bridge) => {
      const told = (word) => Promise.resolve().then(() => null).then(() => bridge.report(word));
      bridge.expose({ note(word) { bridge.report(`${word}?`); told(`${word}!`); } });
    }""")
    await asyncio.gather(*(script.host.call("note", word) for word in "abc"))
    assert script.reports == ["a?", "a!", "b?", "b!", "c?", "c!"]


async def test_much_that_comes_together_is_handed_on_in_parts(script: Hosted) -> None:
    """What a script says of many events at once is not all kept until the last of them."""
    before = script.host.statistics()["entries"]
    await script.host.extend("(bridge) => bridge.expose({ say: (n) => bridge.report([n, 'x'.repeat(4e5)]) })")
    await asyncio.gather(*(script.host.call("say", number) for number in range(8)))
    assert [number for number, _ in script.reports] == list(range(8))
    assert script.host.statistics()["entries"] == before + 1 + 3


async def test_rejections(script: Hosted) -> None:
    """A promise that nobody watches harms nobody; one that is watched tells its error."""
    assert await script.run("Promise.reject(new Error('unseen')); 1") == 1
    with pytest.raises(ScriptError) as error:
        await script.run("Promise.reject(Object.assign(new TypeError('no'), { errno: 99 }))")
    assert (error.value.name, error.value.message, error.value.errno) == ("TypeError", "no", 99)


async def test_no_such_function(script: Hosted) -> None:
    """What is not exposed cannot be called."""
    with pytest.raises(ScriptError):
        await script.host.call("unheard of")


async def test_randomness(script: Hosted) -> None:
    """Random values are random, and there are more when the pool is low."""
    one, two = await script.run("[0, 1].map(() => [...crypto.getRandomValues(new Uint32Array(8))])")
    assert one != two
    for _ in range(4):
        await script.run("crypto.getRandomValues(new Uint8Array(8000)); 1")
    with pytest.raises(ScriptError):
        await script.run("crypto.getRandomValues(new Uint8Array(70000))")


async def test_base64(script: Hosted) -> None:
    """Base64 in both directions."""
    assert await script.run("[btoa('hi'), atob('aGk=')]") == ["aGk=", "hi"]


async def test_reports_in_order(script: Hosted) -> None:
    """Records of an extension arrive in order, whatever they hold."""
    await script.host.extend("""(bridge) => {
      for (let i = 0; i < 500; i += 1) bridge.report({ i, text: "ü\\u2028" });
    }""")
    assert [record["i"] for record in script.reports] == list(range(500))


async def test_slow_consumer_slows_the_script(site: Site) -> None:
    """While reports are not taken the engine is not entered, and its sockets are not read."""
    gate = asyncio.Event()
    taken: list[Any] = []

    async def take(records: Any) -> None:
        taken.extend(records)
        await gate.wait()

    async with ClientSession() as http:
        limits = Limits(backlog=10, batch=5)
        link = Link(http=http, ssl=ssl.create_default_context())
        host = ScriptHost(site.url, link, take, limits=limits)
        await host.start()
        await host.extend("""(bridge) => {
          const s = new WebSocket(location.origin.replace("http", "ws") + "/ws");
          s.onmessage = (event) => bridge.report(event.data);
        }""")
        await until(lambda: site.sockets)
        for index in range(100):
            await site.sockets[0].send_str(str(index))
        await until(lambda: host.statistics()["socket_messages"] >= 10)
        assert host.statistics()["socket_messages"] < 40
        gate.set()
        await until(lambda: len(taken) == 100)
        assert taken == [str(index) for index in range(100)]
        await host.close()


async def test_consumer_that_fails(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """An error of the consumer ends the host rather than a task nobody sees."""

    async def take(records: Any) -> None:
        raise RuntimeError("thought of by nobody")

    async with ClientSession() as http:
        host = ScriptHost(site.url, Link(http=http, ssl=ssl.create_default_context()), take)
        await host.start()
        await host.extend("(bridge) => { setTimeout(() => bridge.report(1), 1); }")
        await host.ended()
        await host.close()
    assert "Unexpected error in the script host" in caplog.text


async def test_script_replaced_at_run_time(site: Site) -> None:
    """Another script needs another engine, in which nothing is left of the first."""
    async with hosted(site.url) as script:
        await script.host.load("var version = 1; var left = 'behind';")
        assert await script.run("version") == 1
    async with hosted(site.url) as script:
        await script.host.load("var version = 2;")
        assert await script.run("[version, typeof left]") == [2, "undefined"]


async def test_missing_global_is_named(script: Hosted) -> None:
    """What a script looks for in vain is named, at its start and later."""
    with pytest.raises(ScriptError) as error:
        await script.host.load("document.title")
    assert error.value.missing == "document"
    await script.run("setTimeout(() => window.open(), 1); 1")
    await until(lambda: script.host.statistics()["missing_globals"] == ["window"])
    await script.host.load("Promise.reject(1); Promise.resolve().then(() => sessionStorage.x)")
    with pytest.raises(ScriptError):
        await script.host.load("1 +")


async def test_memory_is_told(script: Hosted) -> None:
    """How much the script uses is known."""
    before = await script.host.memory()
    await script.run("globalThis.kept = new Array(100000).fill(0.5); 1")
    assert await script.host.memory() > before + 100_000


async def test_close_twice_and_unused(site: Site) -> None:
    """Closing is always possible."""
    async with hosted(site.url) as script:
        await script.host.close()
        await script.host.close()
    async with ClientSession() as http:
        host = ScriptHost(site.url, Link(http=http, ssl=ssl.create_default_context()), asyncio.sleep)  # type: ignore[arg-type]
        await host.close()


@pytest.mark.parametrize("turns", range(8))
async def test_closing_that_is_cancelled(site: Site, turns: int) -> None:
    """It goes on, wherever who waited for it was cancelled, and whoever closes next waits for its end."""
    async with hosted(site.url) as script:
        closing = asyncio.create_task(script.host.close())
        for _ in range(turns):
            await asyncio.sleep(0)
        closing.cancel()
        await asyncio.gather(closing, return_exceptions=True)
        await script.host.close()
    await until(lambda: not any(thread.name == "script host" for thread in threading.enumerate()))
