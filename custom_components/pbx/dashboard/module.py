"""Hand the module with the cards to every browser that shows Home Assistant."""

from hashlib import sha256
from pathlib import Path

from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL, add_extra_js_url
from homeassistant.components.http import StaticPathConfig  # type: ignore[attr-defined]
from homeassistant.core import HomeAssistant

from ..const import DOMAIN

MODULE = Path(__file__).parents[1] / "frontend" / "pbx-dashboard.js"


async def async_serve_module(hass: HomeAssistant) -> None:
    """Serve the module and have it loaded, unless this Home Assistant has no frontend.

    Its URL names its content, so that browsers may keep it and still have the new one after an update.
    """
    if DATA_EXTRA_MODULE_URL not in hass.data:
        return
    digest = sha256(await hass.async_add_executor_job(MODULE.read_bytes)).hexdigest()
    url = f"/{DOMAIN}/{digest[:12]}/{MODULE.name}"
    await hass.http.async_register_static_paths([StaticPathConfig(url, str(MODULE), cache_headers=True)])
    add_extra_js_url(hass, url)
