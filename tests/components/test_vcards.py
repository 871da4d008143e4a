"""Contacts out of vCards, as programs write them."""

from base64 import b64encode
from pathlib import Path

from hypothesis import given, strategies as st

from custom_components.pbx.hub.vcards import (
    MAX_CARD,
    Contact,
    ContactNumber,
    get_folder_version,
    parse_vcards,
    read_folder,
)
from custom_components.pbx.protocols.enums import NumberKind

JPEG = b"\xff\xd8\xff\xe0 a picture"
PICTURE = b64encode(JPEG).decode()
ANNA = f"""BEGIN:VCARD
VERSION:3.0
UID:anna-1
FN:Anna  de Boer
N:Boer;Anna;de;;
ORG:ACME;Sales
TEL;TYPE=CELL:+31 6 12345678
item1.TEL;TYPE=WORK,VOICE:tel:+31-20-1234567
CATEGORIES:VIP,Family
PHOTO;ENCODING=b;TYPE=PNG:{PICTURE}
END:VCARD
"""
BJORN = f"""begin:vcard
VERSION:4.0
UID:urn:uuid:BJORN-2
N:Åkesson;Björn;;;
TEL;VALUE=uri;TYPE="voice,home":tel:+49-30-123456;ext=5
PHOTO:data:image/jpeg;base64,{PICTURE[:8]}
 {PICTURE[8:]}
end:vcard
"""
OLD = """BEGIN:VCARD
VERSION:2.1
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg M=C3=BC=
ller
TEL;CELL:0171 1234567
PHOTO;VALUE=URL:http://example.org/joerg.jpg
END:VCARD
"""
GROUP = """BEGIN:VCARD
VERSION:3.0
FN:Neighbours
X-ADDRESSBOOKSERVER-KIND:group
X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:bjorn-2
X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:gone
END:VCARD
"""


def test_cards() -> None:
    """Names, numbers, groups and pictures are found in each version, and in groups that are cards."""
    anna, bjorn, old = parse_vcards(f"{ANNA}{BJORN}{OLD}{GROUP}".replace("\n", "\r\n"))
    assert (anna.name, anna.numbers) == ("Anna de Boer", ("+31 6 12345678", "tel:+31-20-1234567"))
    assert anna.groups == ("VIP", "Family")
    assert anna.picture is not None
    assert (anna.picture.type, anna.picture.data) == ("image/jpeg", JPEG)
    assert (bjorn.name, bjorn.groups, bjorn.picture) == ("Björn Åkesson", ("Neighbours",), anna.picture)
    assert old == Contact(
        name="Jörg Müller", phones=(ContactNumber("0171 1234567", frozenset({NumberKind.MOBILE})),)
    )
    assert "picture" not in repr(anna.picture).replace("Picture", "")


def test_what_is_left_out() -> None:
    """Cards without a name or a number, and what is no card, are left out; the others are not."""
    (link,) = parse_vcards("BEGIN:VCARD\nVERSION:3.0\nFN:<b>Eve</b>\nTEL:1\nEND:VCARD\n")
    assert "<" not in link.name
    nameless = "BEGIN:VCARD\nVERSION:3.0\nTEL:1\nEND:VCARD\n"
    numberless = "BEGIN:VCARD\nVERSION:3.0\nFN:Eve\nEND:VCARD\n"
    broken = "BEGIN:VCARD\nVERSION:3.0\n;;;:::\nEND:VCARD\n"
    odd = "BEGIN:VCARD\nVERSION:3.0\nFN:Eve\nTEL:1\nPHOTO:data:image/png;base64,A\nEND:VCARD\n"
    huge = f"BEGIN:VCARD\nVERSION:3.0\nFN:Eve\nNOTE:{'x' * MAX_CARD}\nTEL:1\nEND:VCARD\n"
    found = parse_vcards(f"text\n{nameless}{numberless}{broken}{huge}{odd}BEGIN:VCARD\n{ANNA}")
    assert [(contact.name, contact.picture is None) for contact in found] == [
        ("Eve", True),
        ("Anna de Boer", False),
    ]


@given(st.text() | st.lists(st.sampled_from([*ANNA.splitlines(), *BJORN.splitlines(), "TEL;", ":", "N:"])))
def test_any_text(text: str | list[str]) -> None:
    """No card raises, and what is found has a name and a number."""
    block = text if isinstance(text, str) else "\n".join(text)
    for contact in parse_vcards(f"BEGIN:VCARD\n{block}\nEND:VCARD\n"):
        assert contact.name
        assert contact.numbers


def test_folder(tmp_path: Path) -> None:
    """All vCard files of a folder are read, in UTF-8 or Latin-1; one that changes is noticed unread."""
    assert (read_folder(tmp_path / "none"), get_folder_version(tmp_path / "none")) == ([], ())
    (tmp_path / "a.vcf").write_text("\ufeff" + ANNA, encoding="utf-8")
    (tmp_path / "b.VCF").write_bytes(BJORN.encode("latin-1"))
    (tmp_path / "c.txt").write_text(OLD)
    assert [contact.name for contact in read_folder(tmp_path)] == ["Anna de Boer", "Björn Åkesson"]
    before = get_folder_version(tmp_path)
    (tmp_path / "a.vcf").write_text(OLD)
    assert get_folder_version(tmp_path) != before
