"""Digests of the vendor, of real PBXs and of our own."""

from typing import Any

import pytest

from custom_components.pbx.protocols.innovaphone.websocket import login_digest
from tests.simulators.innovaphone.digest import expected_digest, raw_member

VENDOR = "0123456789abcdef"
OWN = "609f44c1f7043ba1"
SEARCH_INFO = {
    "appobj": "go-search",
    "appdn": "go-search",
    "appurl": "http://192.168.178.29:5000/fritz.box/go/instance/searchapi",
    "pbx": "pbx-main",
    "cn": "go-search",
    "unlicensed": True,
    "apps": [],
}
SEARCH = {
    "app": "searchapi",
    "domain": "fritz.box",
    "sip": "go-search",
    "guid": "3954ae7854c96301c9dd009033400109",
    "dn": "go-search",
}
ADMIN_INFO = {
    "appobj": "go",
    "appdn": "go",
    "appurl": "http://192.168.178.29:5000/fritz.box/go/instance/admin",
    "pbx": "pbx-main",
    "cn": "rico",
    "unlicensed": True,
    "groups": [],
    "apps": [],
}
ADMIN = {
    "app": "admin",
    "domain": "fritz.box",
    "sip": "rico",
    "guid": "f48b06484a8a61015853009033400109",
    "dn": "Schulte, Rico",
}
USERS_INFO = {
    "appobj": "users",
    "apps": [{"name": "users"}, {"name": "profile"}],
    "appurl": "https://1.2.3.4/example.com/usersapp/innovaphone-users",
    "unlicensed": True,
}
USERS = {
    "app": "innovaphone-users",
    "domain": "example.com",
    "sip": "administrator",
    "guid": "0123456789abcdef0123456789abcdef",
    "dn": "Administrator User",
}
API = {"app": "pbxadminapi"}
HOME = {"app": "homeassistant"}

VECTORS: list[tuple[dict[str, str], dict[str, Any] | None, str, str, str]] = [
    (API, None, VENDOR, "pwd", "a205299ed2ef2786c311e0be1b14db343f2cadd906a6ae7b564eee34bda5e9a1"),
    (API, {}, VENDOR, "pwd", "57b23fe824b9222a7ac879597cb509bcdc865a1bfeb057d9d12118cef0c3ba34"),
    (
        API,
        {"cn": "Test User"},
        VENDOR,
        "pwd",
        "96db3c3f657230c2b68194becc6d2a77f05de9f79f01fc81e9ca0fb196b10d9d",
    ),
    (USERS, USERS_INFO, VENDOR, "pwd", "ef1b811ffaa8f9255c39c653d8fb26b4687b2d8c4d9ac91b4821bff6bae3ff44"),
    (
        {"app": "test", "domain": "test.com"},
        None,
        "0",
        "secret",
        "66ee3f52256a8eed034603b98cbaf98890bab6f42adb4a34de928e1885d68293",
    ),
    (
        SEARCH,
        SEARCH_INFO,
        "16d7dbbcccb63612",
        "go",
        "130f168773ff760701b74e629eca2544c6e62d5354e92e6f821001a982eb8951",
    ),
    (
        ADMIN,
        ADMIN_INFO,
        "277f41a7a5b7b452",
        "go",
        "965b4dd4d4f127c99df796b1ed137b40454801f94f50aaf93b2ce98034f10d9c",
    ),
    (HOME, None, OWN, "s3cret-pw", "7a783591bc4e832e63e938d4a935b62d0a5cac845df0c457bab2a1e6d3db22ae"),
    (HOME, {}, OWN, "s3cret-pw", "b143aeae2b6b54ed58debdbb3c1262871b8b55a52197ab8a916866876418810e"),
    (
        HOME,
        {"cn": "Türöffner"},
        OWN,
        "s3cret-pw",
        "0dc3ac8438e09e43c0831b16648ae130a9e674432d0fac1f31effbd7f9b6d551",
    ),
    (
        {"sip": "alice"},
        None,
        OWN,
        "alicepw",
        "fc3fc047cd769172745073e10f478adb5457a9c6ce1afd2a22231603d4ee8496",
    ),
]


@pytest.mark.parametrize(("identity", "info", "challenge", "password", "digest"), VECTORS)
def test_vectors(
    identity: dict[str, str], info: dict[str, Any] | None, challenge: str, password: str, digest: str
) -> None:
    """Every digest that is known to be right comes out."""
    assert login_digest(identity, challenge, password, info) == digest


def test_simulator_checks_the_text_as_it_came() -> None:
    """The digest is over the very characters of the info, blanks included."""
    text = '{"mt":"AppLogin","info": {"cn": "Türöffner"}, "app":"homeassistant"}'
    assert raw_member(text, "info") == '{"cn": "Türöffner"}'
    assert raw_member(text, "dn") is None
    spaced = expected_digest(text, {"app": "homeassistant"}, OWN, "s3cret-pw")
    compact = expected_digest(text.replace(": ", ":"), {"app": "homeassistant"}, OWN, "s3cret-pw")
    assert spaced != compact == "0dc3ac8438e09e43c0831b16648ae130a9e674432d0fac1f31effbd7f9b6d551"
