"""Ask axe, which knows the rules of accessibility, about the cards on a page."""

import asyncio
import shutil

from tests.live.browser import HaPage
from tests.live.config_dir import REPOSITORY

FRONTEND = REPOSITORY / "frontend"
AXE = FRONTEND / "node_modules/axe-core/axe.min.js"
# Only what is ours: the paths of the elements go through the shadow roots of Home Assistant's own.
RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  const lines = [];
  for (const rule of found.violations)
    for (const node of rule.nodes) {
      const path = node.target.flat().join(" ");
      if (path.includes("pbx-")) lines.push(`${rule.id}: ${path}: ${node.failureSummary}`);
    }
  return lines;
}"""


async def install_axe() -> bool:
    """Return whether axe is there, after its installation where npm can do that."""
    npm = shutil.which("npm")
    if not AXE.is_file() and npm is not None:
        process = await asyncio.create_subprocess_exec(npm, "ci", "--silent", cwd=FRONTEND)
        await process.wait()
    return AXE.is_file()


async def list_violations(page: HaPage) -> list[str]:
    """Return what axe objects to in the cards, one line for each element."""
    await page.page.add_script_tag(path=AXE)
    found: list[str] = await page.page.evaluate(RUN)
    return found
