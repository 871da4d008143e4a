"""The host works without Home Assistant, and its process ends by itself."""

from pathlib import Path
import shutil
import subprocess
import sys

from custom_components.pbx import protocols
from tests.waiting import TIMEOUT

PROGRAM = """
import asyncio, ssl, sys
from aiohttp import ClientSession, web
from yarl import URL
from protocols.ipcortex.host import Limits, ScriptHost
from protocols.session import Link

async def main():
    async def hello(request):
        return web.Response(text="hello")
    application = web.Application()
    application.router.add_get("/", hello)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    heard = []
    async def take(records):
        heard.extend(records)
    async with ClientSession() as http:
        origin = URL(f"http://127.0.0.1:{runner.addresses[0][1]}")
        link = Link(http=http, ssl=ssl.create_default_context())
        host = ScriptHost(origin, link, take, limits=Limits(memory=8 << 20))
        await host.start()
        await host.extend('''(bridge) => {
          const request = new XMLHttpRequest();
          request.onload = () => bridge.report(request.responseText);
          request.open("GET", "/");
          request.send();
        }''')
        while not heard:
            await asyncio.sleep(0.01)
        await host.close()
    await runner.cleanup()
    assert not any(name.partition(".")[0] == "homeassistant" for name in sys.modules)
    print(*heard)

asyncio.run(main())
"""


def test_host_without_home_assistant(tmp_path: Path) -> None:
    """Copied elsewhere, it runs a script with a request, and its process ends by itself."""
    assert protocols.__file__ is not None
    shutil.copytree(Path(protocols.__file__).parent, tmp_path / "protocols")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("hello\n", "", 0)
