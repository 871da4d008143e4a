"""Serve the simulated PABX."""

import asyncio
from datetime import datetime
import json
from pathlib import Path
from typing import Any, Unpack, override

from aiohttp import web

from ..common.fault_effects import HTML_PAGE
from ..common.notifier import Notifier
from ..common.recorder import Recorder
from ..common.simulator import Serving, Simulator
from .faults import IpcortexFaults
from .feed import Feed
from .office import Office
from .rest import COOKIE, Refusal, Rest
from .small_world import small_world
from .variety import Variety
from .world import User, World

SCRIPTS = Path(__file__).parent / "scripts"
MOST_AT_ONCE = 4
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
MEMBERS = {"type", "scope", "columns", "values", "order", "auth"}


class IpcortexSimulator(Simulator):
    """Be an IPCortex PABX."""

    def __init__(
        self,
        world: World | None = None,
        variety: Variety | None = None,
        **serving: Unpack[Serving],
    ) -> None:
        super().__init__(**serving)
        self.world = world or small_world()
        self.faults = IpcortexFaults(self.clock)
        self.variety = variety
        if variety is not None:
            variety.choose(self.faults)
        self.recorder = Recorder()
        self.rest = Rest(self)
        self.feeds: list[Feed] = []
        self.version = "6.5.1"
        self.violations: list[str] = []
        self.commands: list[tuple[Any, ...]] = []
        self.logouts = 0
        self.notifier = Notifier()
        self.office = Office(self.world, self.clock, self._publish)
        self._at_once = 0

    def violation(self, text: str) -> None:
        """Note that a client broke the rules."""
        self.violations.append(text)

    def feed_error(self, errno: int, text: str = "error") -> None:
        """Let all scripts hear of an error."""
        for feed in self.feeds:
            self.tasks.spawn(feed.send("e", errno, text))

    def upgrade(self, version: str) -> None:
        """Install other firmware: the script changes and old ones are told so."""
        self.version = version
        self.feed_error(100, "version mismatch")

    def expire_sessions(self) -> None:
        """Forget all cookies."""
        self.rest.sessions.clear()

    def drop_feeds(self) -> None:
        """Cut all feeds."""
        for feed in list(self.feeds):
            feed.abort()

    def history(self, **record: Any) -> None:
        """Tell scripts that want it of a call that is over."""
        for feed in self.feeds:
            if feed.history:
                self.tasks.spawn(feed.send("h", record))

    def add_record(self, *, src: str, dst: str, disposition: str, clid: str = "", seconds: int = 0) -> None:
        """Write a call record."""
        now: datetime = self.clock.now()
        number = max((row["acctid"] for row in self.world.records), default=100) + 1
        self.world.records.append({
            "acctid": number, "stamp": round(now.timestamp() * 1000),
            "calldate": now.strftime("%Y-%m-%d %H:%M:%S+00"), "clid": clid or src, "src": src, "dst": dst,
            "duration": seconds + 5, "billsec": seconds, "disposition": disposition,
            "uniqueid": f"{round(now.timestamp())}.{number}", "properties": {"target": dst},
        })  # fmt: skip

    def vary(self, data: Any) -> Any:
        """Return a record as this PABX spells it."""
        return data if self.variety is None else self.variety.vary(data)

    def _publish(self, kind: str, key: str, data: Any) -> None:
        data = self.vary(data)
        for feed in self.feeds:
            if data is None or feed.wants(kind, key):
                self.tasks.spawn(feed.send("o", kind, key, data))

    @override
    async def end_waiting(self) -> None:
        self.drop_feeds()
        self.faults.clear()

    @override
    async def handle(self, request: web.Request) -> web.StreamResponse:
        recorded = await self.recorder.record(request)
        self._at_once += 1
        try:
            rules = self.faults.take(request)
            if refusal := await self.faults.before(rules, request):
                return refusal
            response = await self._answer(request)
            self.recorder.finish(recorded, response.status)
            if not response.prepared:
                await self.holding.wait(request.path)
            return await self.faults.after(rules, request, response)
        finally:
            self._at_once -= 1

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        if path == "/api/api.js":
            return await self._serve_script(request)
        if path == "/sim/feed":
            return await self._feed(request)
        if path.startswith("/sim/"):
            return self._private(request)
        if path.startswith("/rest/"):
            return await self._rest(request)
        return web.Response(status=404, text="Not found")

    async def _serve_script(self, request: web.Request) -> web.StreamResponse:
        piece = self.faults.script_piece
        if piece is None:
            return web.Response(text=self._script(), content_type="application/javascript")
        source = self._script().encode()
        response = web.StreamResponse(headers={"Content-Type": "application/javascript"})
        response.content_length = len(source)
        await response.prepare(request)
        for start in range(0, len(source), piece):
            await response.write(source[start : start + piece])
            await asyncio.sleep(0.001)
        return response

    def _script(self) -> str:
        if self.faults.script is not None:
            return self.faults.script
        parts = [_part("core").replace("@VERSION@", self.version), _part(self.faults.flavour)]
        if self.faults.lists != "given":
            parts.append(_part("lists").replace("@SHAPE@", self.faults.lists))
        if self.faults.renamed:
            parts.append(_part("renamed").replace("@NAMES@", json.dumps(self.faults.renamed)))
        if self.faults.answers is not None:
            parts.append(_part("answers").replace("@STYLE@", self.faults.answers))
        if self.faults.objects:
            parts.append(_part("objects"))
        return "".join(parts)

    def _cookie_user(self, request: web.Request) -> User | None:
        return self.rest.sessions.get(request.cookies.get(COOKIE, ""))

    def _private(self, request: web.Request) -> web.Response:
        user = self._cookie_user(request)
        if request.path == "/sim/time":
            return web.json_response({"time": self.clock.now().timestamp() - self.faults.clock_skew})
        if user is None:
            return web.Response(text=HTML_PAGE, content_type="text/html")
        feed = Feed(self, user, "")
        feed.kinds = {"Device", "Mailbox", "Queue", "Contact", "Phone", "Extension"}
        return web.json_response(feed.state())

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        user = self._cookie_user(request)
        if user is None:
            return web.Response(status=403)
        feed = Feed(self, user, request.cookies[COOKIE])
        self.feeds.append(feed)
        try:
            return await feed.serve(request)
        finally:
            self.feeds.remove(feed)

    async def _rest(self, request: web.Request) -> web.Response:
        path = request.path.removeprefix("/rest/")
        if not path.endswith("/") and self.faults.slashes != "any":
            if self.faults.slashes == "redirect":
                return web.Response(status=301, headers={"Location": f"{request.path}/"})
            return web.Response(status=404, text="Not found")
        if request.method != "POST":
            self.violation(f"{request.method} {path}")
        if self._at_once > MOST_AT_ONCE + len(self.feeds):
            self.violation("more than four requests at once")
        if request.query_string:
            self.violation("a query in the address")
        body = await self._body(request)
        return self._rest_answer(path.strip("/"), body, request.cookies.get(COOKIE))

    async def _body(self, request: web.Request) -> dict[str, Any]:
        """Read a body as the PABX does: what cannot be read, or is a form, is an empty object."""
        if request.content_type in FORMS:
            self.violation("a form")
            return {}
        try:
            body = json.loads(await request.read())
        except ValueError:
            self.violation("no JSON")
            return {}
        if not isinstance(body, dict) or not body.keys() <= MEMBERS:
            self.violation("unknown members of a body")
        return body if isinstance(body, dict) else {}

    def _rest_answer(self, path: str, body: dict[str, Any], cookie: str | None) -> web.Response:
        if path == "auth/logout":
            self.logouts += self.rest.sessions.pop(cookie or "", None) is not None
            return web.json_response({"result": "success"})
        known = None if self.faults.rest_without_cookies else cookie
        if path in self.faults.failing and path == "auth":
            return web.json_response({"result": "fail", "message": self.faults.failing[path]})
        user = None if self.faults.refuse_logins else self.rest.who(body, known)
        if path == "auth" and user is not None:
            return self._logged_in(user, cookie, keyed="key" in (body.get("auth") or {}))
        if user is None:
            return self._logged_out(path)
        try:
            values, number = self.rest.call(path, user, body)
        except Refusal as err:
            data = {"result": "fail", **({} if err.message is None else {"message": err.message})}
            return web.json_response(data, status=self.faults.fail_status)
        if self.variety is not None:
            values = self.variety.vary(values)
        return web.json_response({"result": "success", "values": values, "numrows": number})

    def _logged_in(self, user: User, cookie: str | None, *, keyed: bool) -> web.Response:
        if self.faults.single_login and not keyed:
            self._log_out_elsewhere(user, cookie)
        token, about = self.rest.login(user, cookie)
        if keyed:
            del self.rest.sessions[token]
            return web.json_response({"result": "success", "user": about})
        response = web.json_response({"result": "success", "user": about})
        response.set_cookie(COOKIE, token, httponly=True)
        return response

    def _log_out_elsewhere(self, user: User, cookie: str | None) -> None:
        """End the sessions that the same user has elsewhere, and tell their scripts."""
        others = {token for token, who in self.rest.sessions.items() if who is user and token != cookie}
        for token in others:
            del self.rest.sessions[token]
        for feed in self.feeds:
            if feed.token in others:
                self.tasks.spawn(feed.send("e", 2, "logged in elsewhere"))

    def _logged_out(self, path: str) -> web.Response:
        if self.faults.html_when_logged_out and path != "auth":
            return web.Response(text=HTML_PAGE, content_type="text/html")
        data = {"result": "fail", "message": "Not logged in"}
        return web.json_response(data, status=self.faults.fail_status)


def _part(name: str) -> str:
    return (SCRIPTS / f"{name}.js").read_text(encoding="utf-8")
