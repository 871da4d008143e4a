"""XMLHttpRequest: states, events and their order, errors, abort, time-outs, cookies."""

import pytest

from custom_components.pbx.protocols.ipcortex.host import Limits, ScriptError

from .conftest import Hosted, Site, hosted

# Tells every event with the state in which it came.
REQUEST = """
new Promise((resolve) => {
  const x = new XMLHttpRequest(), log = [];
  for (const type of ["readystatechange", "loadstart", "progress", "load", "error", "timeout", "abort"]) {
    x["on" + type] = () => log.push(type === "readystatechange" ? x.readyState : type);
  }
  x.onloadend = () => { log.push("loadend"); resolve(%(result)s); };
  x.open("%(method)s", "%(url)s");
  %(before)s
  x.send(%(body)s);
  %(after)s
})
"""


def request(
    url: str, method: str = "GET", *, before: str = "", body: str = "", after: str = "", result: str = "log"
) -> str:
    """Return a script that makes a request and tells something of it."""
    return REQUEST % {
        "url": url, "method": method, "before": before, "body": body, "after": after, "result": result,
    }  # fmt: skip


async def test_events_in_order(script: Hosted) -> None:
    """The order is that of browsers."""
    log = await script.run(request("/json"))
    assert log == [1, "loadstart", 2, 3, 4, "progress", "load", "loadend"]


async def test_answer(script: Hosted) -> None:
    """Status, headers and text are those of the server; a cookie is nobody's business."""
    told = await script.run(
        request(
            "/echo",
            "POST",
            body="'hi'",
            result="""({
      status: x.status, text: x.responseText, same: x.response === x.responseText, reason: x.statusText,
      one: x.getResponseHeader("x-one"), none: x.getResponseHeader("x-none"),
      all: x.getAllResponseHeaders().includes("x-two: b\\r\\n"), url: x.responseURL })""",
        )
    )
    assert told["status"] == 200
    assert (told["text"], told["same"], told["reason"]) == ("hi", True, "OK")
    assert (told["one"], told["none"], told["all"]) == ("a", None, True)
    assert told["url"].endswith("/echo")
    assert await script.run(request("/cookie", result="x.getResponseHeader('set-cookie')")) is None


@pytest.mark.parametrize(
    ("url", "before", "result", "expected"),
    [
        ("/json", "x.responseType = 'json';", "x.response.ok", [1, 2]),
        ("/", "x.responseType = 'json';", "x.response", None),
        ("/json", "x.responseType = 'nonsense';", "x.responseType", ""),
        ("/bytes", "x.responseType = 'arraybuffer';", "new Uint8Array(x.response)[255]", 255),
        ("/marked", "", "JSON.parse(x.responseText).ok", 3),
        ("/latin", "", "x.responseText", "café"),
        ("/odd", "", "x.responseText", "caf\ufffd"),
        (
            "/bytes",
            "x.overrideMimeType('text/plain; charset=latin-1');",
            "x.responseText.charCodeAt(200)",
            200,
        ),
    ],
)
async def test_kinds_of_answers(script: Hosted, url: str, before: str, result: str, expected: object) -> None:
    """Text in any charset, JSON and bytes."""
    assert await script.run(request(url, before=before, result=result)) == expected


async def test_what_is_sent(script: Hosted, site: Site) -> None:
    """Headers are combined, those that a browser keeps to itself are not sent, bodies are text or bytes."""
    before = """
      x.setRequestHeader("X-A", "1"); x.setRequestHeader("x-a", " 2 ");
      x.setRequestHeader("Cookie", "stolen=1");
      x.setRequestHeader("Host", "elsewhere"); x.setRequestHeader("Content-Type", "application/json");"""
    await script.run(request("/echo", "post", before=before, body="JSON.stringify({ä: 1})"))
    sent = site.requests[-1]
    assert (sent.method, sent.headers["X-A"], sent.headers.get("Cookie")) == ("POST", "1, 2", None)
    assert sent.headers["Content-Type"] == "application/json"
    assert sent.headers["Host"] == f"127.0.0.1:{site.url.port}"
    assert site.bodies[-1] == '{"ä":1}'.encode()
    await script.run(request("/echo", "PUT", body="new Uint8Array([1, 2, 255]).subarray(1)"))
    assert site.bodies[-1] == b"\x02\xff"
    await script.run(request("/echo", "PUT", body="new Uint8Array([7]).buffer"))
    assert site.bodies[-1] == b"\x07"
    await script.run(request("/", "GET", body="'not for GET'"))
    assert site.bodies[-1] == b""


async def test_cookies_are_shared_with_sockets(script: Hosted, site: Site) -> None:
    """What a request is given, later requests and sockets bring along, and the other way round."""
    await script.run(request("/cookie"))
    await script.run("""new Promise((resolve) => {
      const socket = new WebSocket(location.origin.replace("http", "ws") + "/ws");
      socket.onopen = () => { socket.close(); resolve(1); };
    })""")
    assert site.requests[-1].cookies == {"session": "abc"}
    await script.run(request("/json"))
    assert site.requests[-1].cookies == {"session": "abc", "socket": "def"}


async def test_error(script: Hosted, unused_tcp_port: int) -> None:
    """Nobody there."""
    log = await script.run(request(f"http://127.0.0.1:{unused_tcp_port}/", result="[...log, x.status]"))
    assert log == [1, "loadstart", 4, "error", "loadend", 0]


async def test_timeout(script: Hosted) -> None:
    """A time-out is an event of its own."""
    log = await script.run(request("/slow", before="x.timeout = 20;"))
    assert log == [1, "loadstart", 4, "timeout", "loadend"]


async def test_abort(script: Hosted) -> None:
    """Abort ends a request at once, tells so, and leaves it unsent."""
    source = request(
        "/slow", after="x.abort();", result="Promise.resolve().then(() => [...log, x.readyState])"
    )
    assert await script.run(source) == [1, "loadstart", 4, "abort", "loadend", 0]
    assert (
        await script.run("const y = new XMLHttpRequest(); y.open('GET', '/'); y.abort(); y.readyState") == 0
    )


async def test_open_again_drops_the_first(script: Hosted) -> None:
    """A request that is opened again forgets what it asked."""
    source = request("/slow", after="x.open('GET', '/json'); x.send();", result="[x.status, x.responseText]")
    assert await script.run(source) == [200, '{"ok": [1, 2]}']


async def test_begin_anew_in_a_listener(script: Hosted) -> None:
    """A listener may use its request for the next question."""
    told = await script.run("""new Promise((resolve) => {
      const x = new XMLHttpRequest(); let turn = 0;
      x.onreadystatechange = () => {
        if (x.readyState !== 4) return;
        turn += 1;
        if (turn === 2) { resolve(x.responseText); return; }
        x.open("GET", "/json"); x.send();
      };
      x.open("GET", "/"); x.send();
    })""")
    assert told == '{"ok": [1, 2]}'


async def test_listeners(script: Hosted) -> None:
    """Listeners come in order, once where they say so, and one that fails stops nobody."""
    told = await script.run("""new Promise((resolve) => {
      const x = new XMLHttpRequest(), log = [];
      const a = () => log.push("a"), gone = () => log.push("gone");
      x.addEventListener("load", () => { throw new Error("mine"); });
      x.addEventListener("load", a); x.addEventListener("load", a); x.addEventListener("load", null);
      x.addEventListener("load", gone); x.removeEventListener("load", gone);
      x.addEventListener("own", () => log.push("own"), { once: true });
      x.dispatchEvent({ type: "own" }); x.dispatchEvent({ type: "own" });
      x.addEventListener("loadend", (event) => resolve([...log, event.type, event.target === x]));
      x.open("GET", "/"); x.send();
    })""")
    assert told == ["own", "a", "loadend", True]
    assert script.host.statistics()["faults"] == 1


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("x.send()", "InvalidStateError"),
        ("x.open('CONNECT', '/')", "SecurityError"),
        ("x.open('GET', '/', false)", "InvalidAccessError"),
        ("x.open('GET', '/'); x.send(); x.send()", "InvalidStateError"),
        ("x.setRequestHeader('A', 'b')", "InvalidStateError"),
        ("x.open('GET', '/'); x.setRequestHeader('A b', 'c')", "SyntaxError"),
        ("x.open('GET', '/'); x.setRequestHeader('A', 'b\\r\\nC: d')", "SyntaxError"),
        ("x.responseType = 'json'; x.responseText", "InvalidStateError"),
    ],
)
async def test_misuse(script: Hosted, source: str, name: str) -> None:
    """What browsers refuse is refused."""
    with pytest.raises(ScriptError) as error:
        await script.run(f"(() => {{ const x = new XMLHttpRequest(); {source}; }})()")
    assert error.value.name == name


@pytest.mark.parametrize("statement", ["x.responseType = 'json'", "x.overrideMimeType('text/html')"])
async def test_too_late(script: Hosted, statement: str) -> None:
    """Once the answer is here nothing about it can be chosen."""
    told = f"(() => {{ try {{ {statement}; return 'done'; }} catch (error) {{ return error.name; }} }})()"
    assert await script.run(request("/", result=told)) == "InvalidStateError"


async def test_redirects(script: Hosted, site: Site) -> None:
    """A redirect is followed on the same host only, and not for ever."""
    assert await script.run(request("/here", "POST", body="'x'", result="x.responseText")) == '{"ok": [1, 2]}'
    assert site.requests[-1].method == "GET"
    assert await script.run(request("/same", "POST", body="'x'", result="x.responseText")) == "x"
    assert await script.run(request("/nowhere", result="x.status")) == 302
    for url in ("/away", "/round"):
        assert "error" in await script.run(request(url))
    assert script.host.statistics()["refused"] == 1


async def test_large_answers_are_cut(site: Site) -> None:
    """An answer beyond the limit is an error."""
    async with hosted(site.url, Limits(body=200_000)) as script:
        assert "error" in await script.run(request("/large"))
        assert "error" in await script.run(request("/bomb"))


async def test_packed_answers(script: Hosted, site: Site) -> None:
    """Nothing packed is asked for, and what comes packed all the same is unpacked."""
    assert await script.run(request("/packed", result="x.responseText")) == "hello"
    assert site.requests[-1].headers["Accept-Encoding"] == "identity"
    assert await script.run(request("/packed", "HEAD", result="x.status")) == 200


async def test_every_character_arrives(script: Hosted, site: Site) -> None:
    """What frames of text have between them, such as zeros, reaches the server unchanged."""
    body = r"'a\u0000\u001e\u009f%41 \ud83d\ude00 \ud800'"
    await script.run(request("/echo", "POST", body=body))
    assert site.bodies[-1].decode() == "a\0\x1e\x9f%41 \U0001f600 \ufffd"


async def test_charset_that_takes_for_ever(script: Hosted) -> None:
    """Charsets that no web server uses count as UTF-8."""
    assert await script.run(request("/slow-charset", result="x.responseText")) == "cafe-"


async def test_many_requests(site: Site) -> None:
    """More requests at once than allowed fail rather than pile up."""
    async with hosted(site.url, Limits(requests=2)) as script:
        source = "Promise.all([1, 2, 3].map(() => " + request("/slow", result="x.status") + "))"
        site.release.set()
        assert sorted(await script.run(source)) == [0, 200, 200]
