"""One Home Assistant process and one browser for all end-to-end tests.

These tests run with `-p no:homeassistant`: that plugin puts Home Assistant into the test process itself, and
forbids sockets.
"""

from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.live.browser import Browser
from tests.live.instance import LiveHomeAssistant

HERE = Path(__file__).parent
TIMEOUT = 300
IN_PROCESS_PLUGIN = "homeassistant"
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of this folder and run all of them in the event loop of the session's fixtures."""
    in_process = config.pluginmanager.has_plugin(IN_PROCESS_PLUGIN)
    for item in items:
        if HERE not in item.path.parents:
            continue
        item.add_marker(pytest.mark.e2e)
        item.add_marker(pytest.mark.timeout(TIMEOUT))
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
        if in_process:
            item.add_marker(pytest.mark.skip(reason=f"needs -p no:{IN_PROCESS_PLUGIN}"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note on a test that it has failed."""
    report = yield
    item.stash[FAILED] = report.when == "call" and report.failed
    return report


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def live() -> AsyncIterator[LiveHomeAssistant]:
    """Start the Home Assistant that all tests share."""
    async with LiveHomeAssistant() as live:
        yield live


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(live: LiveHomeAssistant) -> AsyncIterator[Browser]:
    """Start the browser that all tests share."""
    async with Browser(live) as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def browser(chromium: Browser, screens: Path, request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    """Lend the browser to a test, and keep a picture of its pages where the test fails."""
    yield chromium
    if request.node.stash.get(FAILED, default=False):
        await chromium.photograph(screens)
    await chromium.close_pages()


@pytest.fixture
def screens(request: pytest.FixtureRequest) -> Path:
    """Return the folder for the pictures of a test."""
    return HERE / "screens" / str(request.node.name)
