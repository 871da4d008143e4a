"""A real Home Assistant process with the integration in it."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
import shutil
import tempfile
from typing import Self

from aiohttp import ClientError, ClientSession

from tests.live.api import Api
from tests.live.config_dir import CONFIGURATION, write_config_dir
from tests.live.network import until
from tests.live.process import PythonProcess
from tests.live.sign_in import Tokens, log_in, sign_in
from tests.ports import LOCALHOST, choose_port

# The first start of all installs the frontend.
START_TIMEOUT = 300


class LiveHomeAssistant:
    """Home Assistant in a process and a configuration folder of its own, up while the context lasts.

    Without a folder a temporary one is used and thrown away. A folder that has been used before is taken as
    it is: entries, history and the demo user are still there.
    """

    def __init__(
        self,
        config_dir: Path | None = None,
        *,
        host: str = LOCALHOST,
        port: int | None = None,
        configuration: str = CONFIGURATION,
    ) -> None:
        self._configuration = configuration
        self._temporary = config_dir is None
        self.config_dir = config_dir or Path(tempfile.mkdtemp(prefix="pbx-live-"))
        self.host = host
        self.port = port or choose_port()
        self.url = f"http://{LOCALHOST if host == '0.0.0.0' else host}:{self.port}"
        self.process = PythonProcess(
            "homeassistant",
            ("--config", str(self.config_dir), "--log-no-color"),
            folder=self.config_dir,
            log_file=self.config_dir / "live.log",
        )
        self.tokens: Tokens
        self.api: Api
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start Home Assistant and wait until it runs."""
        try:
            await self.start()
        except BaseException:
            self._discard()
            raise
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Stop Home Assistant and throw a temporary folder away."""
        await self.stop()
        self._discard()

    async def start(self) -> None:
        """Start the process, log the demo user in, and wait until Home Assistant runs."""
        write_config_dir(self.config_dir, self.host, self.port, self._configuration)
        await self.process.start()
        self._open.push_async_callback(self.process.stop)
        try:
            async with asyncio.timeout(START_TIMEOUT):
                await self._connect()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Disconnect and end the process."""
        await self._open.aclose()

    async def add_user(self, name: str, group: str) -> Tokens:
        """Add a user to a group such as `system-users` or `system-read-only`, and log in as them."""
        created = await self.api.socket.command("config/auth/create", name=name, group_ids=[group])
        login = {"username": name.lower(), "password": name}
        await self.api.socket.command(
            "config/auth_provider/homeassistant/create", user_id=created["user"]["id"], **login
        )
        async with ClientSession() as session:
            return await log_in(session, self.url, **login)

    async def restart(self) -> None:
        """Stop and start again on the same folder and port."""
        await self.stop()
        await self.start()

    def log_text(self) -> str:
        """Return all that Home Assistant has logged, over all starts."""
        return self.process.log_text()

    def _discard(self) -> None:
        """Throw a temporary folder away."""
        if self._temporary:
            shutil.rmtree(self.config_dir)

    async def _connect(self) -> None:
        """Log in as soon as Home Assistant answers, and wait until it has started."""
        session = await self._open.enter_async_context(ClientSession())
        await until(lambda: self._answers(session))
        self.tokens = await sign_in(session, self.url)
        self.api = await Api.connect(session, self.url, self.tokens.access_token)
        self._open.push_async_callback(self.api.close)
        await until(self._runs)

    async def _answers(self, session: ClientSession) -> bool:
        """Return whether the web server is up; fail if the process has ended."""
        if not self.process.running:
            raise RuntimeError(f"Home Assistant did not start:\n{self.log_text()}")
        try:
            async with session.get(f"{self.url}/manifest.json") as response:
                return response.ok
        except ClientError:
            return False

    async def _runs(self) -> bool:
        """Return whether everything has been set up."""
        config = await self.api.rest.get("config")
        return bool(config["state"] == "RUNNING")
