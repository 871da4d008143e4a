"""Contacts out of vCards, as programs write them."""

from base64 import b64encode
from pathlib import Path
from time import thread_time

from hypothesis import given, strategies as st
import pytest

from custom_components.pbx.hub import vcard_lines, vcards
from custom_components.pbx.hub.vcard_lines import MAX_CARD
from custom_components.pbx.hub.vcards import (
    MAX_CARDS,
    MAX_FILE,
    MAX_PICTURE,
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


def test_as_written() -> None:
    """Escapes, quotes, character sets, groups, kinds of numbers and photos are read as they are meant."""
    (eve,) = parse_vcards(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN;LANGUAGE=nl:Vries\\, de;Eve,Ann;Q.;Dr.;jr.\r\n"
        'a.b.TEL;TYPE="fax,work":1\r\nTEL;TYPE="x:y";TYPE=home:2\r\nTEL;PREF=1:3\r\nTEL;CELL:4\r\n'
        "CATEGORIES:One\\, two,Three\r\nPHOTO;ENCODING=b:!\r\nPHOTO;VALUE=uri:data:image/png;base64,"
        f"{b64encode(b'GIF89').decode()}\r\nEND:VCARD"
    )
    assert eve.name == "Dr. Eve Ann Q. Vries de jr."
    assert eve.numbers == ("3", "4", "2", "1")
    assert eve.groups == ("One, two", "Three")
    assert eve.picture is not None
    assert eve.picture.type == "image/gif"
    odd = "BEGIN:VCARD\nORG;CHARSET={};ENCODING=QUOTED-PRINTABLE:J=F6rg\nTEL:1\nEND:VCARD\n"
    names = [parse_vcards(odd.format(name))[0].name for name in ("ISO-8859-1", "cp1259", "idna")]
    assert names == ["Jörg", "J\ufffdrg", "J\ufffdrg"]


SIZE = 300_000
HEAD = "BEGIN:VCARD\nVERSION:3.0\nFN:Eve\nTEL:1\n"
HOSTILE = {
    "folded without end": "NOTE:x" + "\n x" * (SIZE // 3),
    "soft line breaks": "FN;ENCODING=QUOTED-PRINTABLE:" + "=\n" * (SIZE // 2),
    "all escaped": "FN;ENCODING=QUOTED-PRINTABLE:" + "=41" * (SIZE // 3),
    "begun without end": "BEGIN:A\n" * (SIZE // 8),
    "nested": "BEGIN:A\n" * (SIZE // 16) + "END:A\n" * (SIZE // 16),
    "groups": "a." * (SIZE // 2) + "TEL:1",
    "parameters": "TEL" + ";A=b" * (SIZE // 4) + ":1",
    "quoted parameters": "TEL;" + 'A="b",' * (SIZE // 6),
    "a quote without end": 'TEL;A="' + "b" * SIZE + ":1",
    "no colon": "TEL" + ";" * SIZE,
    "numbers": "TEL:1\n" * (SIZE // 6),
    "parts of a name": "N:" + ";" * SIZE,
    "escapes": "ORG:" + "\\;" * (SIZE // 2),
    "categories": "CATEGORIES:" + "a," * (SIZE // 2),
    "pictures": "PHOTO:data:image/png;base64,\n" * (SIZE // 30),
    "character set": "FN;CHARSET=punycode;ENCODING=QUOTED-PRINTABLE:" + "a-" * (SIZE // 2),
}
# Measured: less than half a second; what is not linear takes minutes, or for ever.
MOST_SECONDS = 10


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile(text: str) -> None:
    """A card that was made to be slow is read in time that grows with its length, and the next one too."""
    begun = thread_time()
    found = parse_vcards(f"{HEAD}{text}\nEND:VCARD\n{ANNA}")
    assert thread_time() - begun < MOST_SECONDS
    assert found[-1].name == "Anna de Boer"
    assert all(len(contact.numbers) <= 40 and len(contact.groups) <= 40 for contact in found)


def test_many() -> None:
    """So many cards are kept, of so many groups each."""
    group = "BEGIN:VCARD\nKIND:group\nFN:{}\n" + "MEMBER:anna-1\n" * 100 + "END:VCARD\n"
    groups = "".join(map(group.format, range(300)))
    begun = thread_time()
    found = parse_vcards(groups + ANNA * MAX_CARDS)
    assert thread_time() - begun < 2 * MOST_SECONDS
    assert len(found) == MAX_CARDS - 300
    assert len(found[0].groups) == 42


def test_large_pictures() -> None:
    """A picture of fifty megabytes is not read, nor one that is larger than those that are kept."""
    for size in (MAX_PICTURE + 1, 50_000_000):
        data = b64encode(JPEG.ljust(size)).decode()
        found = parse_vcards(f"{HEAD}PHOTO;ENCODING=b:{data}\nEND:VCARD\n{ANNA}")
        assert all(contact.picture is None or contact.picture.data == JPEG for contact in found)
        assert found[-1].name == "Anna de Boer"


def test_large_file(tmp_path: Path) -> None:
    """A file that is larger than any address book is not opened."""
    (tmp_path / "a.vcf").write_text(ANNA)
    with (tmp_path / "b.vcf").open("wb") as file:
        file.truncate(2 * MAX_FILE)
    contacts, is_all = read_folder(tmp_path)
    assert ([contact.name for contact in contacts], is_all) == (["Anna de Boer"], False)


@pytest.mark.parametrize(
    ("limit", "most", "read"),
    [
        ("MAX_FILES", 3, 3),
        ("MAX_FOLDER", 4 * len(ANNA.encode()) - 1, 3),
        ("MAX_CONTACTS", 3, 3),
        ("MAX_FILES", 5, 5),
        ("MAX_CONTACTS", 5, 5),
    ],
)
def test_folder_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, read: int
) -> None:
    """Of files without end the first ones are read, and no more is looked at than that."""
    monkeypatch.setattr(vcards, limit, most)
    for number in range(5):
        (tmp_path / f"{number}.vcf").write_bytes(ANNA.encode())
    contacts, is_all = read_folder(tmp_path)
    assert (len(contacts), is_all) == (read, read == 5)
    assert len(get_folder_version(tmp_path)) <= max(most + 1, 5)


def test_folders_that_are_called_like_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They take the place of no file."""
    monkeypatch.setattr(vcards, "MAX_FILES", 2)
    for number in range(4):
        (tmp_path / f"{number}.vcf").mkdir()
    (tmp_path / "anna.vcf").write_text(ANNA)
    assert len(get_folder_version(tmp_path)) == 1
    contacts, is_all = read_folder(tmp_path)
    assert ([contact.name for contact in contacts], is_all) == (["Anna de Boer"], True)


def test_folder(tmp_path: Path) -> None:
    """All vCard files of a folder are read, in UTF-8 or Latin-1; one that changes is noticed unread."""
    assert (read_folder(tmp_path / "none"), get_folder_version(tmp_path / "none")) == (([], True), ())
    (tmp_path / "a.vcf").write_text("\ufeff" + ANNA, encoding="utf-8")
    (tmp_path / "b.VCF").write_bytes(BJORN.encode("latin-1"))
    (tmp_path / "c.txt").write_text(OLD)
    contacts, is_all = read_folder(tmp_path)
    assert ([contact.name for contact in contacts], is_all) == (["Anna de Boer", "Björn Åkesson"], True)
    before = get_folder_version(tmp_path)
    (tmp_path / "a.vcf").write_text(OLD)
    assert get_folder_version(tmp_path) != before


def test_lines_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines have a limit over all cards, since each takes far more memory than its text."""
    monkeypatch.setattr(vcard_lines, "MAX_ALL_LINES", 100)
    card = f"{HEAD}{'TEL:2\n' * 36}END:VCARD\n"
    assert len(parse_vcards(card * 10)) == 2


@pytest.mark.parametrize("mark", ["BEGIN:VCARD", "END:VCARD", "BEGIN:VCARD      and so on"])
def test_marks_in_a_text(mark: str) -> None:
    """What somebody has written into a note neither ends a card nor begins another one."""
    (eve,) = parse_vcards(f"{HEAD}NOTE:I like\n {mark}\n  FN:Mallory\nCATEGORIES:VIP\nEND:VCARD\n")
    assert (eve.name, eve.groups) == ("Eve", ("VIP",))
