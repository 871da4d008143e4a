"""Install what Home Assistant would install at its first start, so that it is quick and works offline."""

import asyncio
import logging
from pathlib import Path
import tempfile

from homeassistant import loader
from homeassistant.bootstrap import CORE_INTEGRATIONS, DEFAULT_INTEGRATIONS
from homeassistant.core import HomeAssistant
from homeassistant.requirements import async_get_integration_with_requirements

COMPONENTS = Path(__file__).parent.parent / "custom_components"
WITH_ONBOARDING = {"google_translate", "met", "onboarding", "radio_browser", "shopping_list"}
IN_USE = {
    "config",
    "conversation",
    "dhcp",
    "history",
    "http",
    "local_todo",
    "logbook",
    "my",
    "pbx",
    "recorder",
}


async def install(config_dir: Path) -> None:
    """Let Home Assistant's own requirements manager install what each integration names."""
    hass = HomeAssistant(str(config_dir))
    loader.async_setup(hass)
    for domain in sorted(CORE_INTEGRATIONS | DEFAULT_INTEGRATIONS | WITH_ONBOARDING | IN_USE):
        await async_get_integration_with_requirements(hass, domain)
    await hass.async_stop(force=True)


def main() -> None:
    """Install into the environment that runs this, from a configuration folder that holds our integration."""
    logging.basicConfig(format="%(message)s")
    logging.getLogger("homeassistant.util.package").setLevel(logging.INFO)
    logging.getLogger("homeassistant.loader").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "custom_components").symlink_to(COMPONENTS)
        asyncio.run(install(Path(folder)))


if __name__ == "__main__":
    main()
