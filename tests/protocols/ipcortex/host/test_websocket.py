"""WebSocket: states, events, close codes, text and bytes."""

import pytest

from custom_components.pbx.protocols.ipcortex.host import Limits, ScriptError

from .conftest import Hosted, Site, hosted

SOCKET = """
new Promise((resolve) => {
  const s = new WebSocket(location.origin.replace("http", "ws") + "%(path)s"%(more)s), log = [s.readyState];
  s.onopen = () => { log.push("open", s.readyState); %(opened)s };
  s.onmessage = (event) => { log.push(%(message)s); %(then)s };
  s.onerror = () => log.push("error");
  s.onclose = (event) => { log.push(event.code, event.reason, event.wasClean, s.readyState); resolve(log); };
})
"""


def socket(
    path: str = "/ws",
    *,
    opened: str = "",
    message: str = "event.data",
    then: str = "s.close();",
    more: str = "",
) -> str:
    """Return a script that opens a socket and tells what happened."""
    return SOCKET % {"path": path, "opened": opened, "message": message, "then": then, "more": more}


async def test_conversation(script: Hosted) -> None:
    """Open, send, receive, close, in the order of browsers."""
    log = await script.run(socket(opened="s.send('héllo');"))
    assert log == [0, "open", 1, "héllo", 1000, "", True, 3]


async def test_every_character_arrives(script: Hosted) -> None:
    """What separates frames in a text goes and comes unchanged."""
    codes = "...[...event.data].map((letter) => letter.codePointAt(0))"
    log = await script.run(socket(opened=r"s.send('a\u0000\u001e\u009f%');", message=codes))
    assert log[3:8] == [0x61, 0, 0x1E, 0x9F, 0x25]


async def test_messages_are_not_logged(script: Hosted, caplog: pytest.LogCaptureFixture) -> None:
    """What goes over a socket may hold passwords and numbers, and stays out of every log."""
    caplog.set_level("DEBUG")
    await script.run(socket(opened="s.send('secret');"))
    assert "secret" not in caplog.text


async def test_bytes(script: Hosted) -> None:
    """Bytes go and come as bytes."""
    message = "...new Uint8Array(event.data)"
    log = await script.run(socket(opened="s.send(new Uint8Array([1, 255]));", message=message))
    assert log[3:5] == [1, 255]


async def test_closed_by_the_server(script: Hosted) -> None:
    """The server's code and reason arrive."""
    log = await script.run(socket(opened="s.send('bye');"))
    assert log == [0, "open", 1, 4001, "as you wish", True, 3]


async def test_cut(script: Hosted) -> None:
    """A line that is cut is an error and no clean end."""
    log = await script.run(socket(opened="s.send('cut');"))
    assert log == [0, "open", 1, "error", 1006, "", False, 3]


@pytest.mark.parametrize("path", ["/ws/refused", "/ws/away"])
async def test_refused(script: Hosted, path: str) -> None:
    """A socket that is refused, or sent elsewhere, never opens."""
    assert await script.run(socket(path)) == [0, "error", 1006, "", False, 3]


async def test_protocol_and_own_code(script: Hosted, site: Site) -> None:
    """The protocol is the one agreed upon; a script may close with a code of its own."""
    opened = """
      log.push(s.protocol, s.extensions, s.bufferedAmount);
      s.close(3999, 'mine'); s.close(); s.send('late');"""
    log = await script.run(socket(more=", ['chat']", opened=opened))
    assert log[3:6] == ["chat", "", 0]
    assert log[-2:] == [True, 3]
    assert site.sockets[0].close_code == 3999
    assert (await script.run(socket(more=", 'chat'", opened="s.close(1000);")))[3] == 1000


async def test_message_after_close_is_not_told(script: Hosted) -> None:
    """Who has closed hears nothing any more."""
    log = await script.run(socket(opened="s.send('one'); s.send('two');"))
    assert log.count("two") == 0


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("new WebSocket('ftp://x/')", "SyntaxError"),
        ("new WebSocket('ws://x/#part')", "SyntaxError"),
        ("new WebSocket(location.origin + '/ws').send('early')", "InvalidStateError"),
        ("new WebSocket(location.origin + '/ws').close(1001)", "InvalidAccessError"),
        ("new WebSocket(location.origin + '/ws').close(1000, 'x'.repeat(124))", "SyntaxError"),
    ],
)
async def test_misuse(script: Hosted, source: str, name: str) -> None:
    """What browsers refuse is refused."""
    with pytest.raises(ScriptError) as error:
        await script.run(source)
    assert error.value.name == name


async def test_constants(script: Hosted) -> None:
    """The states have their names, on the class and on its objects."""
    assert await script.run("[WebSocket.OPEN, WebSocket.prototype.CLOSED, XMLHttpRequest.DONE]") == [1, 3, 4]


async def test_many_sockets(site: Site) -> None:
    """More sockets than allowed fail."""
    async with hosted(site.url, Limits(sockets=1)) as script:
        await script.run("globalThis.first = new WebSocket(location.origin + '/ws'); 1")
        assert (await script.run(socket()))[1] == "error"


async def test_sending_without_end(site: Site) -> None:
    """A script that sends faster than anybody reads loses its socket."""
    async with hosted(site.url) as script:
        log = await script.run(socket(opened="for (let i = 0; i < 3000; i += 1) s.send('x');", then=""))
        assert log[-3:] == ["", False, 3]
