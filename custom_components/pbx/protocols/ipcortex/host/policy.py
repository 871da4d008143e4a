"""Where a script may go: to its own host, and no less safely than its page came."""

from yarl import URL

_SECURE = {"https": "https", "wss": "https"}
_PLAIN = {"http": "http", "ws": "http"}


class Refused(Exception):
    """The script wants to go where it may not."""


class Policy:
    """Tell for one origin which addresses are allowed."""

    def __init__(self, origin: URL) -> None:
        self._origin = origin
        schemes = _SECURE if origin.scheme == "https" else _SECURE | _PLAIN
        self._schemes = schemes

    def resolve(self, text: str) -> URL:
        """Return the address, always as one of HTTP, or raise Refused."""
        try:
            url = self._origin.join(URL(text))
        except (ValueError, TypeError) as err:
            raise Refused("not an address") from err
        scheme = self._schemes.get(url.scheme)
        if scheme is None:
            raise Refused(f"scheme {url.scheme[:20]}")
        if url.host != self._origin.host:
            raise Refused("another host")
        return url.with_scheme(scheme).with_user(None).with_fragment(None).with_port(url.explicit_port)
