"""The address of a PBX in all the forms that people paste."""

from hypothesis import given, strategies as st
import pytest

from custom_components.pbx.config.address import Address, AddressUnusable, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("pbx.example.org", Address(host="pbx.example.org")),
        ("  PBX.Example.ORG  ", Address(host="pbx.example.org")),
        ("pbx.example.org.", Address(host="pbx.example.org")),
        ("pbx.example.org/", Address(host="pbx.example.org")),
        ("pbx.example.org/admin/index.html", Address(host="pbx.example.org")),
        ("pbx", Address(host="pbx")),
        ("my_pbx.local", Address(host="my_pbx.local")),
        ("pbx:8443", Address(host="pbx", port=8443)),
        ("192.0.2.10", Address(host="192.0.2.10")),
        ("192.0.2.10:80", Address(host="192.0.2.10", port=80)),
        ("192.0.2.10:8443/", Address(host="192.0.2.10", port=8443)),
        ("2001:DB8::1", Address(host="2001:db8::1")),
        ("[2001:db8::1]", Address(host="2001:db8::1")),
        ("[2001:db8::1]:8443", Address(host="2001:db8::1", port=8443)),
        ("2001:db8:0:0:0:0:0:1", Address(host="2001:db8::1")),
        ("::1", Address(host="::1")),
        ("http://pbx.example.org", Address(host="pbx.example.org", tls=False)),
        ("HTTPS://PBX.example.org", Address(host="pbx.example.org", tls=True)),
        ("https://pbx.example.org/", Address(host="pbx.example.org", tls=True)),
        ("https://pbx.example.org:8443/apis/pbx?x=1#y", Address(host="pbx.example.org", port=8443, tls=True)),
        ("http://192.0.2.10:8080", Address(host="192.0.2.10", port=8080, tls=False)),
        ("https://[2001:db8::1]:8443/", Address(host="2001:db8::1", port=8443, tls=True)),
        ("wss://pbx.example.org/PBX0/APPS/websocket", Address(host="pbx.example.org", tls=True)),
        ("ws://pbx", Address(host="pbx", tls=False)),
        ("zürich.example.org", Address(host="xn--zrich-kva.example.org")),
    ],
)
def test_what_people_paste(text: str, address: Address) -> None:
    """Port and TLS are taken from what says them."""
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "host_unusable"),
        ("   ", "host_unusable"),
        ("/", "host_unusable"),
        ("https://", "host_unusable"),
        (":8443", "host_unusable"),
        ("pbx:port", "host_unusable"),
        ("pbx:0", "host_unusable"),
        ("pbx:70000", "host_unusable"),
        ("pbx:-1", "host_unusable"),
        ("[2001:db8::1", "host_unusable"),
        ("2001:db8::1]", "host_unusable"),
        ("http://[", "host_unusable"),
        ("two words", "host_unusable"),
        ("pbx..org", "host_unusable"),
        ("-pbx.org", "host_unusable"),
        ("a" * 64, "host_unusable"),
        (".".join(["abcdefgh"] * 40), "host_unusable"),
        ("ftp://pbx.example.org", "host_unusable"),
        ("sip:201@pbx.example.org", "host_with_login"),
        ("anna:secret@pbx.example.org", "host_with_login"),
        ("https://anna:secret@pbx.example.org/", "host_with_login"),
        ("\N{ZERO WIDTH SPACE}.org", "host_unusable"),
        ("pbx\x00.org", "host_unusable"),
    ],
)
def test_what_is_no_address(text: str, reason: str) -> None:
    """Each says what is wrong."""
    with pytest.raises(AddressUnusable) as refused:
        parse_address(text)
    assert refused.value.reason == reason


@given(st.text())
def test_anything(text: str) -> None:
    """Whatever is entered, it is an address or refused as none."""
    try:
        address = parse_address(text)
    except AddressUnusable:
        return
    assert parse_address(address.host) == Address(host=address.host)
