"""The host is a package of its own: it works without the rest of the integration."""

from pathlib import Path
import shutil
import subprocess
import sys

import custom_components.pbx.protocols.ipcortex.host as package

PROGRAM = """
import asyncio, ssl
from aiohttp import ClientSession, web
from yarl import URL
from script_host import Limits, ScriptHost

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
        host = ScriptHost(origin, http, ssl.create_default_context(), take, limits=Limits(memory=8 << 20))
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
    print(*heard)

asyncio.run(main())
"""


def test_host_without_the_integration(tmp_path: Path) -> None:
    """Copied elsewhere, it runs a script with a request, and its process ends by itself."""
    assert package.__file__ is not None
    shutil.copytree(Path(package.__file__).parent, tmp_path / "script_host")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("hello\n", "", 0)
