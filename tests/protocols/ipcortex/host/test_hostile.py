"""Scripts that mean harm, and what they managed: nothing."""

import asyncio
from importlib import import_module
import json
import threading
from typing import Any

import pytest
from yarl import URL

from custom_components.pbx.protocols.ipcortex.host import Limits, ScriptBreach, ScriptError
from custom_components.pbx.protocols.ipcortex.host.errors import HostClosed
from tests.waiting import until

from .conftest import Hosted, Site, hosted
from .test_xhr import request


def bare_engine() -> Any:
    """Return an engine as it comes, with the language and its own extras."""
    return import_module("_quickjs").Context()


# On a busy machine processor time takes longer than that.
QUICK = Limits(entry_seconds=0.05, load_seconds=1.0, stuck_seconds=60, memory=16 << 20)


@pytest.mark.parametrize(
    ("source", "limit"),
    [
        ("for (;;) {}", "time"),
        ("try { for (;;) {} } catch { 1 } finally { 2 }", "time"),
        ("/(a+)+$/.test('a'.repeat(40) + 'b')", "time"),
        ("(function loop() { return Promise.resolve().then(loop); })()", "time"),
        ("Promise.resolve().then(() => { for (;;) {} })", "time"),
        ("setTimeout(() => { for (;;) {} }, 0); new Promise(() => {})", "time"),
        ("const list = []; for (;;) list.push(new ArrayBuffer(1 << 20))", "memory"),
        (
            "setTimeout(() => { for (const a = [];;) a.push(Array(999)); }); new Promise(String)",
            ("memory", "time"),
        ),
        ("for (let i = 0; i < 600; i += 1) setTimeout(() => 1, 60000)", "timers"),
        ("for (let i = 0; i < 400000; i += 1) console.log('x'.repeat(400))", ("memory", "output", "time")),
    ],
)  # fmt: skip
async def test_limits_end_it(site: Site, source: str, limit: str | tuple[str, ...]) -> None:
    """Whatever takes too much ends with its engine, and whoever waits is told which limit it was."""
    async with hosted(site.url, QUICK) as script:
        with pytest.raises(ScriptBreach) as breach:
            await script.run(source)
        assert breach.value.limit in limit
        assert await script.host.ended() is script.host.broken
        with pytest.raises(ScriptBreach):
            await script.run("1")
    async with hosted(site.url) as fresh:
        assert await fresh.run("1 + 1") == 2


async def test_deep_recursion_is_an_error_of_the_script(script: Hosted) -> None:
    """The stack has an end, which a script may even catch."""
    with pytest.raises(ScriptError):
        await script.run("(function deep() { deep(); })()")
    source = "try { (function deep() { deep(); })(); } catch (error) { error.name }"
    assert await script.run(source) == "RangeError"
    with pytest.raises(ScriptError):
        await script.run("JSON.parse('['.repeat(100000))")


async def test_work_that_cannot_be_interrupted(site: Site) -> None:
    """Where the engine does not look at its clock, the thread is given up, and no second one joins it."""
    limits = Limits(entry_seconds=0.05, stuck_seconds=0.2)
    async with hosted(site.url, limits) as script:
        # By the clock, since work of a certain amount may be done before anybody has lost patience.
        source = (
            "const text = 'a'.repeat(1 << 22), end = Date.now() + 2000;"
            "while (Date.now() < end) { text.indexOf('b'); }"
        )
        with pytest.raises(ScriptBreach) as breach:
            await script.run(source)
        assert breach.value.limit == "patience"
        with pytest.raises(ScriptBreach):
            async with hosted(site.url):
                pass
    await until(lambda: not any(thread.name == "script host" for thread in threading.enumerate()))
    async with hosted(site.url) as fresh:
        assert await fresh.run("1 + 1") == 2


async def test_too_busy_on_the_whole(site: Site) -> None:
    """Staying below each limit but never resting is a breach too."""
    async with hosted(site.url, Limits(busy_seconds=0.3, entry_seconds=0.2)) as script:
        await script.run(
            "setInterval(() => { const end = Date.now() + 50; while (Date.now() < end); }, 1); 1"
        )
        error = await script.host.ended()
        assert isinstance(error, ScriptBreach)
        assert error.limit == "processor"


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere.example/",
        "http://127.0.0.2/",
        "http://127.0.0.1/",
        "http://127.0.0.1:1/",
        "https://127.0.0.1/",
        "http://127.0.0.1@elsewhere.example/",
        "//elsewhere.example/",
        "http://127.0.0.1.elsewhere.example/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://[",
        "data:text/plain,hi",
    ],
)
async def test_other_hosts(script: Hosted, site: Site, url: str) -> None:
    """There is one host, whatever an address looks like."""
    assert "error" in await script.run(request(url))
    assert site.requests == []
    assert script.host.statistics()["refused"] == 1


async def test_nonsense_in_a_request(script: Hosted) -> None:
    """A script that spoils its own requests is told that they failed, and the next one works."""
    told = await script.run("""new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("GET", "/echo");
      Array.prototype.toJSON = () => 7;
      request.onerror = () => resolve("failed");
      request.onload = () => resolve("answered");
      request.send();
      delete Array.prototype.toJSON;
    })""")
    assert told == "failed"
    assert "error" not in await script.run(request("/echo"))


async def test_other_host_by_socket(script: Hosted) -> None:
    """Sockets have the same bounds."""
    told = await script.run("""new Promise((resolve) => {
      new WebSocket("ws://elsewhere.example/").onclose = (event) => resolve(event.code);
    })""")
    assert told == 1006
    assert script.host.statistics()["refused"] == 1


async def test_no_downgrade() -> None:
    """A script that came over TLS does not talk in the clear."""
    async with hosted(URL("https://127.0.0.1:1/")) as script:
        assert "error" in await script.run(request("http://127.0.0.1:1/"))
        assert script.host.statistics()["refused"] == 1
        assert await script.run("location.protocol + location.host") == "https:127.0.0.1:1"


async def test_exactly_these_globals(script: Hosted) -> None:
    """Beyond the language there is what the text names, and no way to files, processes or modules."""
    named = {
        "XMLHttpRequest", "WebSocket", "setTimeout", "setInterval", "clearTimeout", "clearInterval",
        "console", "location", "navigator", "btoa", "atob", "crypto",
    }  # fmt: skip
    names = set(await script.run("Object.getOwnPropertyNames(globalThis)"))
    language = set(json.loads(bare_engine().eval("JSON.stringify(Object.getOwnPropertyNames(globalThis))")))
    excess = {"SharedArrayBuffer", "Atomics", "performance", "DOMException", "queueMicrotask"}
    assert names == (language - excess) | named
    assert not {"require", "process", "std", "os", "fetch", "Worker", "bridge", "importScripts"} & names
    for module in ("std", "os", "/etc/passwd", "./secret.js"):
        with pytest.raises(ScriptError):
            await script.run(f"import('{module}')")


@pytest.mark.parametrize(
    "source",
    [
        "XMLHttpRequest.constructor('return typeof bridge')()",
        "(() => { try { return typeof arguments.callee.caller; } catch { return 'undefined'; } })()",
        "(() => { try { return typeof setTimeout.caller; } catch { return 'undefined'; } })()",
        "Function.prototype.toString.call(setTimeout).includes('emit') && typeof emit",
        "(0, eval)('typeof bridge')",
        "typeof new Function('return this.bridge')()",
    ],
)
async def test_bridge_is_out_of_reach(script: Hosted, source: str) -> None:
    """No function of ours gives away the scope that it was made in."""
    assert await script.run(source) in {"undefined", False}


async def test_events_cannot_be_laid_traps_for(script: Hosted, site: Site) -> None:
    """What a script does to the objects it is handed reaches no other request, and nothing of ours."""
    told = await script.run("""new Promise((resolve) => {
      const lay = (name, trap) => Object.defineProperty(Object.prototype, name, trap);
      lay("url", { set() { throw new Error("trap"); }, configurable: true });
      lay("headers", { get() { return [["Cookie", "x"]]; }, configurable: true });
      const x = new XMLHttpRequest();
      x.open("GET", { toString: () => "/json" });
      x.onload = () => { delete Object.prototype.url; delete Object.prototype.headers; resolve(x.status); };
      x.onerror = () => resolve("error");
      x.send();
    })""")
    assert told == 200
    assert "Cookie" not in site.requests[-1].headers


async def test_stack_traces_hand_out_nothing(script: Hosted) -> None:
    """The functions of the bridge cannot be got at through a stack."""
    assert (
        await script.run("""
      Error.prepareStackTrace = (error, sites) => sites;
      typeof new Error().stack""")
        == "string"
    )


TRICKS = """
Array.prototype.push = Array.prototype.join = () => { throw new Error("trick"); };
JSON.stringify = () => "[]"; JSON.parse = () => { throw new Error("trick"); };
Object.prototype.toJSON = () => "trick"; String.prototype.toJSON = () => "trick";
Object.prototype.kind = "trick";
Promise.prototype.then = () => { throw new Error("trick"); };
Function.prototype.apply = Function.prototype.call = () => { throw new Error("trick"); };
Object.defineProperty(Object.prototype, "text", { set() { throw new Error("trick"); }, configurable: true });
1
"""


async def test_prototype_tricks(script: Hosted, site: Site) -> None:
    """A script that changes the language under our globals harms itself alone."""
    await script.run(TRICKS)
    assert await script.run("'still here'") == "still here"
    told = await script.run("""(() => {
      const x = new XMLHttpRequest();
      x.open("GET", "http://elsewhere.example/");
      x.send();
      return x.readyState;
    })()""")
    assert told == 1
    await until(lambda: script.host.statistics().get("refused") == 1)
    assert site.requests == []
    assert script.host.broken is None


async def test_poisoned_lists_harm_the_script_alone(script: Hosted) -> None:
    """A script that breaks the lists of the engine is not answered any more, and can still be closed."""
    poison = "Object.defineProperty(Array.prototype, '0', { set() { throw new Error('trick'); } }); 1"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await script.run(poison)


async def test_forged_objects(script: Hosted) -> None:
    """Our methods on other objects, and other methods on ours, fail as in a browser."""
    with pytest.raises(ScriptError) as error:
        await script.run("XMLHttpRequest.prototype.send.call({})")
    assert error.value.name == "TypeError"
    assert await script.run("""(() => {
      location.href = "http://elsewhere.example/"; navigator.userAgent = 1;
      const inert = location.href.startsWith("http://127");
      return [inert, typeof navigator.userAgent, String(location).length > 5];
    })()""") == [True, "string", True]


async def test_unprintable_errors(script: Hosted) -> None:
    """An error may refuse to be told."""
    for source in (
        "throw { get name() { throw 1; } }",
        "Promise.reject(null)",
        "throw 99",
        "throw Symbol('x')",
    ):
        with pytest.raises(ScriptError) as error:
            await script.run(source)
        assert error.value.errno in {None, 99}


async def test_bridge_says_nonsense(site: Site) -> None:
    """Even with the bridge in hand, what it says is checked; nonsense ends the engine."""
    for fields in ("{}", "{ id: 'x', delay: null, repeat: 1 }", "{ id: [], delay: {}, repeat: true }"):
        async with hosted(site.url) as script:
            source = f"(bridge) => bridge.expose({{ evil: () => bridge.emit('timer', {fields}) }})"
            await script.host.extend(source)
            with pytest.raises(ScriptBreach) as breach:
                await script.host.call("evil")
            assert breach.value.limit == "bridge"


async def test_text_of_the_engine_is_clean(script: Hosted) -> None:
    """What cannot be sent on as text does not come out of the engine."""
    assert await script.run(r"'a\ud800b\u0000'") == "a\ufffdb\ufffd"
    source = "(() => { let deep = []; for (let i = 0; i < 60; i += 1) deep = [deep]; return deep; })()"
    with pytest.raises(ScriptBreach) as breach:
        await script.run(source)
    assert breach.value.limit == "depth"


async def test_close_tells_those_who_wait(site: Site) -> None:
    """Whoever waits for a promise that nobody keeps is told when the host is closed."""
    async with hosted(site.url) as script:
        waiting = asyncio.create_task(script.run("new Promise(() => {})"))
        await until(lambda: script.host.statistics().get("entries", 0) > 1)
    with pytest.raises(HostClosed):
        await waiting


async def test_log_is_redacted_and_bounded(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """What the script logs goes through the redaction, cut and not for ever."""
    caplog.set_level("DEBUG")
    async with hosted(site.url, redact=lambda text: text.replace("secret", "**")) as script:
        await script.run(
            "console.log('my secret', { a: 1 }, new Error('e'), undefined); console.warn(10n); 1"
        )
        await script.run("for (let i = 0; i < 300; i += 1) console.debug('x'.repeat(600)); 1")
        assert script.host.statistics()["logged"] == 302
    lines = [record.getMessage() for record in caplog.records if record.getMessage().startswith("Script: ")]
    assert lines[0] == 'Script: my ** {"a":1} Error: e undefined'
    assert len(lines) == 200
    assert max(map(len, lines)) < 520


@pytest.mark.parametrize("record", [None, 1, "log", [], {}, {"kind": 1}, {"kind": "timer", "id": {}}])
async def test_what_no_bridge_says(script: Hosted, record: Any) -> None:
    """A script that got at the bridge is at its end as soon as it says there what nobody else would."""
    with pytest.raises(ScriptBreach) as breach:
        script.host.carry_out([record])
    assert breach.value.limit == "bridge"


async def test_numbers_that_are_in_use(script: Hosted) -> None:
    """What is started under a number in use ends what was there, and so does not get round the limits."""
    timer = {"kind": "timer", "id": 1, "delay": 60_000, "repeat": False}
    for _ in range(Limits().timers - 1):
        script.host.carry_out([timer])
        await asyncio.sleep(0)
    await until(lambda: script.host.statistics()["timers"] == 1)
