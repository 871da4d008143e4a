"""The address of a PBX as people type or paste it: a name, an IP address, with a port, or a whole URL."""

from ipaddress import ip_address
import re
from urllib.parse import SplitResult, urlsplit

from homeassistant.util.network import is_ip_address

from ..protocols.lazy_dataclass import dataclass

_TLS_SCHEMES = {"": None, "http": False, "ws": False, "https": True, "wss": True}
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LONGEST_NAME = 253


class AddressUnusable(Exception):
    """What was entered is no address; `reason` is the translation key of the error."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A host in lower case, IPv6 without brackets; port and use of TLS are None where nothing says them."""

    host: str
    port: int | None = None
    tls: bool | None = None


def parse_address(text: str) -> Address:
    """Return the address in what a person entered; raises AddressUnusable where there is none.

    A path is left out, and so are blanks, upper case and a dot at the end of a name.
    """
    plain = text.strip().lower()
    if is_ip_address(plain):
        return Address(host=str(ip_address(plain)))
    parts = _split(plain)
    if parts.username is not None or parts.password is not None:
        raise AddressUnusable("host_with_login")
    if parts.scheme not in _TLS_SCHEMES:
        raise AddressUnusable("host_unusable")
    return Address(host=_clean_host(parts), port=_get_port(parts), tls=_TLS_SCHEMES[parts.scheme])


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text if "://" in text else f"//{text}")
    except ValueError:
        raise AddressUnusable("host_unusable") from None


def _get_port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError:
        raise AddressUnusable("host_unusable") from None
    if port == 0:
        raise AddressUnusable("host_unusable")
    return port


def _clean_host(parts: SplitResult) -> str:
    host = (parts.hostname or "").strip().rstrip(".")
    if is_ip_address(host):
        return str(ip_address(host))
    try:
        name = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        raise AddressUnusable("host_unusable") from None
    if not 0 < len(name) <= _LONGEST_NAME or not all(map(_LABEL.fullmatch, name.split("."))):
        raise AddressUnusable("host_unusable")
    return name
