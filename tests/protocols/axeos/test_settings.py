"""Test how to reach an Axeos PBX and log in to it."""

from base64 import b64decode
from typing import Any

import pytest

from custom_components.pbx.protocols.axeos.settings import AxeosSettings

ADDRESS: dict[str, Any] = {"host": "pbx.example", "port": 443, "tls": True}


@pytest.mark.parametrize(
    ("host", "port", "tls", "url"),
    [
        ("pbx.example", 443, True, "https://pbx.example:443"),
        ("192.0.2.1", 80, False, "http://192.0.2.1:80"),
        ("2001:db8::1", 8443, True, "https://[2001:db8::1]:8443"),
    ],
)
def test_url(host: str, port: int, tls: bool, url: str) -> None:
    """An address of any kind can be asked."""
    assert AxeosSettings(host=host, port=port, tls=tls).url == url


@pytest.mark.parametrize(
    ("login", "sent", "personal"),
    [
        ({"api_key": "k"}, "apiKey:k", False),
        ({"username": "änna", "password": "p:w"}, "änna:p:w", True),
        ({"api_key": "k", "username": "anna", "password": "p"}, "apiKey:k", False),
    ],
)
def test_login(login: dict[str, str], sent: str, personal: bool) -> None:
    """The key goes before the password, and letters beyond ASCII get through."""
    settings = AxeosSettings(**ADDRESS, **login)
    scheme, _, code = settings.authorization.partition(" ")
    assert (scheme, b64decode(code).decode()) == ("Basic", sent)
    assert settings.is_personal is personal


def test_from_data() -> None:
    """What is missing, empty or of others does not disturb."""
    data = ADDRESS | {"api_key": "k", "username": None, "queue_interval": 30, "system": "axeos"}
    expected = AxeosSettings(host="pbx.example", port=443, tls=True, api_key="k", queue_interval=30)
    assert AxeosSettings.from_data(data) == expected
