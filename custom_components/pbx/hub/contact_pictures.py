"""Serve the pictures of contacts to browsers."""

from http import HTTPStatus

from aiohttp.web import Request, Response
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from .address_book import PICTURE_PATH
from .hub import loaded_hubs

_KEEP = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}


@callback
def async_serve_pictures(hass: HomeAssistant) -> None:
    """Serve the pictures of the contacts of every PBX."""
    hass.http.register_view(PictureView())


class PictureView(HomeAssistantView):
    """Serve a picture to anyone who knows its id.

    Browsers load pictures without a login, and the id is a digest of the picture, which nobody can guess.
    """

    url = f"{PICTURE_PATH}/{{picture_id}}"
    name = "api:pbx:picture"
    requires_auth = False

    async def get(self, request: Request, picture_id: str) -> Response:
        """Return the picture with an id."""
        found = (hub.address_book.get_picture(picture_id) for hub in loaded_hubs(request.app[KEY_HASS]))
        picture = next((picture for picture in found if picture is not None), None)
        if picture is None:
            return Response(status=HTTPStatus.NOT_FOUND)
        return Response(body=picture.data, content_type=picture.type, headers=_KEEP)
