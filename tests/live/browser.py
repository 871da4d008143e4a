"""A real browser with pages that are logged in to a live Home Assistant."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
import json
from pathlib import Path
import shutil
import time
from typing import Any, Self

from playwright.async_api import Browser as Chromium, Error, Page, async_playwright

from tests.live.instance import LiveHomeAssistant
from tests.live.sign_in import Tokens

type Json = dict[str, Any]

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = (1280, 900)
PHONE = (412, 892)
TIMEOUT = 30_000
POLL_INTERVAL = 100
# What the frontend says of requests that were under way when a page was left for another one.
LEFT_BEHIND = "disconnected"
SETTLED = Path(__file__).with_name("settled.js").read_text()


class HaPage:
    """One page of Home Assistant's frontend.

    `page` is Playwright's page: its locators look through open shadow roots, so `page.get_by_text` and the
    like find what a person would see. `errors` collects what the page's own scripts did not catch, except
    that requests came to nothing because the page was left.
    """

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.errors: list[str] = []
        self._url = url
        page.on("pageerror", self._note)

    def _note(self, error: Error) -> None:
        if str(error) != LEFT_BEHIND:
            self.errors.append(str(error))

    async def open(self, path: str) -> None:
        """Go to a path such as /config/devices and wait until it has been drawn."""
        await self.page.goto(f"{self._url}{path}")
        await self.settled()

    async def settled(self) -> None:
        """Wait until the frontend has drawn everything and nothing moves any more."""
        await self.page.wait_for_function(SETTLED, polling=POLL_INTERVAL)

    async def screenshot(self, file: Path, *wait_for: str, full_page: bool = False) -> Path:
        """Write a picture once the page is settled and all selectors or texts (`text=…`) can be seen."""
        for selector in wait_for:
            await self.page.locator(selector).first.wait_for()
        await self.settled()
        file.parent.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=file, full_page=full_page, animations="disabled")
        return file


class Browser:
    """Headless Chromium for a live Home Assistant, open while the context lasts."""

    def __init__(self, live: LiveHomeAssistant) -> None:
        self._live = live
        self._open = AsyncExitStack()
        self._pages: list[HaPage] = []
        self._chromium: Chromium

    async def __aenter__(self) -> Self:
        """Launch Chromium."""
        playwright = await self._open.enter_async_context(async_playwright())
        self._chromium = await playwright.chromium.launch(
            executable_path=find_chromium(), args=CHROMIUM_FLAGS
        )
        self._open.push_async_callback(self._chromium.close)
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Close Chromium and all pages."""
        await self._open.aclose()

    async def page(
        self,
        path: str = "/",
        *,
        size: tuple[int, int] = DESKTOP,
        dark: bool = False,
        touch: bool = False,
        language: str = "en-GB",
        tokens: Tokens | None = None,
    ) -> HaPage:
        """Open a page of its own, logged in with these tokens or as the demo user."""
        context = await self._chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            has_touch=touch,
            reduced_motion="reduce",
            locale=language,
            timezone_id="Europe/Amsterdam",
        )
        context.set_default_timeout(TIMEOUT)
        login = json.dumps(self._hass_tokens(tokens or self._live.tokens))
        await context.add_init_script(f"localStorage.setItem('hassTokens', {login})")
        page = HaPage(await context.new_page(), self._live.url)
        self._pages.append(page)
        await page.open(path)
        return page

    @asynccontextmanager
    async def trace(self, page: HaPage, categories: Sequence[str]) -> AsyncIterator[list[Json]]:
        """Yield a list that has the trace events of Chromium once the context is over."""
        events: list[Json] = []
        await self._chromium.start_tracing(page=page.page, categories=list(categories))
        yield events
        events += json.loads(await self._chromium.stop_tracing())["traceEvents"]

    async def close_pages(self) -> None:
        """Close all pages and forget what they stored."""
        for page in self._pages:
            await page.page.context.close()
        self._pages.clear()

    async def photograph(self, folder: Path) -> None:
        """Write a picture of every open page as it is."""
        for number, page in enumerate(self._pages, 1):
            await page.page.screenshot(path=folder / f"page-{number}.png")

    def _hass_tokens(self, tokens: Tokens) -> str:
        """Return a login in the form in which the frontend remembers it."""
        return json.dumps(
            {
                "access_token": tokens.access_token,
                "refresh_token": tokens.refresh_token,
                "expires_in": tokens.expires_in,
                "expires": int((time.time() + tokens.expires_in) * 1000),
                "token_type": "Bearer",
                "hassUrl": self._live.url,
                "clientId": tokens.client_id,
            }
        )


def find_chromium() -> str:
    """Return the path of an installed Chromium or Chrome."""
    for name in CHROMIUM_NAMES:
        if path := shutil.which(name):
            return path
    raise RuntimeError(f"No browser found: install one of {', '.join(CHROMIUM_NAMES)}")
