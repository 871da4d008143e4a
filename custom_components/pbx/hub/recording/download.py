"""Serve the file of a recording that was saved."""

from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
import re

from aiohttp.web import FileResponse, Request, Response, StreamResponse
from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from . import FOLDER

_PATH = "/api/pbx/recordings"
_NAME = re.compile(r"pbx-[a-z]+-\d{8}-\d{6}(?:-\d{1,4})?\.jsonl\.gz")
# A link that was shown is good for so long.
_LINK_GOOD_FOR = timedelta(hours=1)


@callback
def async_serve_recordings(hass: HomeAssistant) -> None:
    """Serve the files of recordings."""
    hass.http.register_view(RecordingView())


@callback
def make_download_link(hass: HomeAssistant, path: Path) -> str:
    """Return a link to a saved recording that is good for an hour."""
    return async_sign_path(hass, f"{_PATH}/{path.name}", _LINK_GOOD_FOR)


class RecordingView(HomeAssistantView):
    """Hand out a file to an administrator, or to whom one has given a link."""

    url = f"{_PATH}/{{name}}"
    name = "api:pbx:recording"

    async def get(self, request: Request, name: str) -> StreamResponse:
        """Return the file of this name."""
        user = request[KEY_HASS_USER]
        if not (user.is_admin or user.system_generated):
            return Response(status=HTTPStatus.UNAUTHORIZED)
        hass = request.app[KEY_HASS]
        path = Path(hass.config.path(FOLDER, name))
        if _NAME.fullmatch(name) is None or not await hass.async_add_executor_job(path.is_file):
            return Response(status=HTTPStatus.NOT_FOUND)
        return FileResponse(path, headers={"Content-Disposition": f'attachment; filename="{name}"'})
