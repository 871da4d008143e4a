"""Numbers as people and systems write them, and their words for a withheld caller ID."""

from pathlib import Path
import re

from hypothesis import given, strategies as st
import pytest

from custom_components.pbx.protocols.call import Party
from custom_components.pbx.protocols.model import ParkedCall, PastCall, WaitingCall
from custom_components.pbx.protocols.phone_numbers import (
    hide_withheld,
    is_withheld,
    strip_number,
    to_dialable,
)

LONDON = "+442079460123"
DIALING = Path(__file__).parents[2] / "docs" / "dialing.md"


def list_documented_forms() -> list[tuple[str, str | None]]:
    """Return what the table of forms says: each text, and what is dialed of it."""
    table = DIALING.read_text().partition("| Form | Written | Dialed |")[2].partition("\n\n")[0]
    rows = [line.strip("|").split(" | ") for line in table.splitlines()[2:]]
    return [
        (text, None if dialed.strip() == "refused" else dialed.strip(" `"))
        for _, written, dialed in rows
        for text in re.findall(r"`([^`]+)`", written)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "+44 (0)20 7946 0123",
        "+44(0)20 7946 0123",
        "+44 ( 0 ) 20 7946 0123",
        "(+44) (0)20 7946 0123",
        "+44 [0]20 7946 0123",
        "+44.20.7946.0123",
        "+44\u00b720\u00b77946\u00b70123",
        "+44-20-7946-0123",
        "+44/20/79460123",
        # As copied from web pages and documents.
        "\u202a+44 20 7946 0123\u202c",
        "\u200e+44\u00a020\u00a07946\u00a00123",
        "\u2066+44\u202f20\u2009794601\u200b23\u2069",
        "+44\u201120\u20117946\u20110123",
        "+44\u201320\u20147946\u22120123",
        "\uff0b44 20 7946 0123",
        "\uff0b\uff14\uff1420\uff0d79460123",
        "\ufeff+44 20 7946\u00ad0123 ",
        # Links and addresses.
        "tel:+442079460123",
        "TEL:+44-20-7946-0123",
        "Tel.: +44 20 7946 0123",
        "tel +44 20 7946 0123",
        "Tel. (+44) 20 7946 0123",
        "tel://+442079460123",
        "callto:+442079460123",
        "callto://+442079460123",
        "tel:+44-20-7946-0123;ext=12",
        "tel:+442079460123;verstat=TN-Validation-Passed",
        "+442079460123;verstat=TN-Validation-Passed",
        "+44 20 7946 0123;ext=12",
        "02079460123;phone-context=+44",
        "tel:02079460123;phone-context=+44",
        "tel:2079460123;phone-context=+44;ext=2",
        "sip:+442079460123@pbx.example.org",
        "sips:+442079460123@pbx.example.org;user=phone",
        "sip:%2B442079460123@pbx.example.org?subject=x",
        "<sip:+442079460123@10.0.0.1:5060>",
        '"Eve" <sip:+442079460123@pbx.example.org>;tag=1',
        "Eve <tel:+44-20-7946-0123>",
    ],
)
def test_one_number(text: str) -> None:
    """All of these are the same number."""
    assert strip_number(text) == LONDON
    assert to_dialable(text) == LONDON


@pytest.mark.parametrize(
    ("text", "dialable"),
    [
        ("0044 (0)20 7946 0123", "00442079460123"),
        # In Italy the zero belongs to the number.
        ("+39 (0)6 1234 5678", "+390612345678"),
        ("tel:0612345678;phone-context=+39", "+390612345678"),
        ("(020) 123-4567", "0201234567"),
        ("*31# 020 1234567", "*31#0201234567"),
        ("tel:7042;phone-context=example.com", "7042"),
        ("tel:863-1234;phone-context=+1-914-555", "8631234"),
        ("tel:0031201234567;phone-context=+44", "0031201234567"),
        ("sip:201@pbx.example.org", "201"),
        ("sip:anna@pbx.example.org", None),
        ("201@pbx.example.org", None),
        ("anna", None),
        ("+44 20 7946 0123 or +44 20 7946 0124", None),
        ("020 1234567,,12", None),
        ("", None),
        ("tel:", None),
        ("1" * 33, None),
        ("0" + "\u0660" * 5, "000000"),
        ("\u06f0\u06f2\u06f0\u060c 1234567", None),
        # What follows a country that is not told apart may be an area.
        ("00 0 1234567", "0001234567"),
        ("+442079460123 \u2013 (mobile)", None),
        ("020 7946 0123 (Anna) ext 12", None),
    ],
)
def test_what_is_dialed(text: str, dialable: str | None) -> None:
    """What a PBX can dial is only digits, perhaps with a plus, stars and hashes."""
    assert to_dialable(text) == dialable


def test_documented_forms() -> None:
    """The table of forms in the documents is true."""
    forms = list_documented_forms()
    assert len(forms) > 30
    assert {text: to_dialable(text) for text, _ in forms} == dict(forms)


@given(st.text() | st.text("0123456789+()tel:sip;=@<>,. aX\u0661\u202a\u00a0", max_size=40))
def test_any_text(text: str) -> None:
    """No text raises, and what can be dialed is left as it is."""
    assert isinstance(is_withheld(text), bool)
    dialable = to_dialable(text)
    if dialable is not None:
        assert to_dialable(dialable) == dialable


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "anonymous", "Anonymous", "ANONYMOUS CALLER", "restricted", "Private", "private number"),
        *(
            "withheld",
            "Unavailable",
            "unknown",
            "<unknown>",
            "< unknown >",
            '"Unknown"',
            "out of area",
            "N/A",
        ),
        *(
            "sip:anonymous@anonymous.invalid",
            "<sip:anonymous@anonymous.invalid>",
            "anonymous@anonymous.invalid",
        ),
        *("tel:anonymous", "\u202aAnonymous\u202c", "caller_id_withheld", "-", "()"),
        *("Anonym", "Unbekannt", "UNTERDRÜCKT", "Rufnummer unterdrückt"),
        *("Anoniem", "onbekend", "afgeschermd nummer", "Anonyme", "Numéro masqué", "inconnu"),
        *('"Anonymous" <sip:anonymous@anonymous.invalid>', "Restricted <restricted>", "not provided"),
        *("numero oculto", "NUMERO PRIVE", "nicht übermittelt", "Keine Rufnummer", "verborgen nummer"),
        *("anonymous;verstat=No-TN-Validation", "Número restringido", "chiamante sconosciuto"),
        *("Anónimo", "número oculto", "Desconocido", "Anonimo", "Sconosciuto", "numero privato"),
    ],
)
def test_withheld(text: str) -> None:
    """Every word for a withheld caller ID is the same: nobody."""
    assert is_withheld(text)
    assert hide_withheld(text) is None
    assert Party(number=text, name=text) == Party()
    assert WaitingCall(position=1, number=text, name=text, since=None).number is None
    assert ParkedCall(space="71", number=text, name=text, since=None).name is None
    assert PastCall(id="1", time=None, caller_number=text, caller_name=text).caller_name is None


@pytest.mark.parametrize(
    "text",
    [
        "Anna",
        "201",
        "0",
        "+31201234567",
        "s",
        "Unknown Pleasures Records",
        "anna@unknown.org",
        "Anna (unknown corp)",
        "anonymous.org",
    ],
)
def test_shown(text: str) -> None:
    """Whatever else is there is a number or a name."""
    assert not is_withheld(text)
    assert hide_withheld(text) == text
    assert Party(number=text, name=text).name == text


def test_codes_within_an_address() -> None:
    """What percent signs stand for passes the door of all text as well."""
    assert strip_number("sip:%00%1b123@pbx") == "\ufffd\ufffd123"
