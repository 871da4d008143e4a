"""Take the pictures of README.md and docs: `python -m tests.live.pictures [scene …]`.

The order of the scenes matters: the first adds the telephone systems, the last one changes a certificate.
"""

import asyncio
import sys

from tests.live.pictures.automations import picker, trigger
from tests.live.pictures.calls import calls, records
from tests.live.pictures.dashboard import dashboard
from tests.live.pictures.devices import hub, queue, talk
from tests.live.pictures.forms import options, repair, set_up
from tests.live.pictures.studio import Studio

SCENES = {
    scene.__name__: scene
    for scene in (set_up, calls, records, talk, hub, queue, dashboard, options, trigger, picker, repair)
}


async def main(*names: str) -> None:
    """Play the named scenes, or all of them."""
    async with Studio() as studio:
        for name, scene in SCENES.items():
            if names and name not in {"set_up", *names}:
                continue
            print(name, flush=True)
            await scene(studio)
            await studio.browser.close_pages()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
