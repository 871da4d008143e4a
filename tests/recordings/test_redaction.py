"""Nothing of anybody is left in a recording, and what is left makes as much sense as before."""

import base64
import json
import re
from typing import Any
from urllib.parse import unquote

from hypothesis import HealthCheck, example, given, settings, strategies as st
import phonenumbers
import pytest

from custom_components.pbx.hub.recording.frames import to_line
from custom_components.pbx.hub.recording.redaction import Redactor, iter_texts
from custom_components.pbx.protocols.recorder import Door, Frame

from .planting import ADDRESSES, NAMES, NUMBERS, SECRETS, recordings

# So much of a number, from its end, is that number.
TELLING = 7
_CHUNK = re.compile(r"[A-Za-z0-9+/=_-]{8,}")


def redact(lines: list[dict[str, Any]], **known: Any) -> list[dict[str, Any]]:
    """Return lines as they are handed over."""
    return Redactor(**known).redact_lines(lines)


def redact_value(value: Any, **known: Any) -> Any:
    """Return what becomes of the JSON of a message."""
    frame = Frame(0.0, Door.WEBSOCKET, 1, "received", {"message": json.dumps(value)})
    return redact([to_line(frame, 0.0)], country="NL", **known)[0]["body"]["json"]


def read_every_way(lines: list[dict[str, Any]]) -> str:
    """Return all that somebody could read out of a file."""
    texts = [json.dumps(lines), json.dumps(lines, ensure_ascii=False), *iter_texts(lines)]
    texts += [unquote(text) for text in texts]
    chunks = [chunk for text in texts for chunk in _CHUNK.findall(text)]
    return "\n".join([*texts, *map(_decode, chunks), *map(_unhex, chunks)]).casefold()


def _decode(chunk: str) -> str:
    try:
        return base64.b64decode(chunk + "=" * (-len(chunk) % 4)).decode(errors="replace")
    except ValueError:
        return ""


def _unhex(chunk: str) -> str:
    try:
        return bytes.fromhex(chunk).decode(errors="replace")
    except ValueError:
        return ""


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(recordings())
def test_nothing_planted_survives(frames: list[Frame]) -> None:
    """Whatever is hidden wherever, in whatever writing, is not in the file."""
    told = read_every_way(redact([to_line(frame, 0.0) for frame in frames]))
    for word in (*NAMES, *SECRETS, *ADDRESSES):
        assert word.casefold() not in told
    for number in NUMBERS:
        assert number[-TELLING:] not in told


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(recordings())
def test_halves_do_not_meet(frames: list[Frame]) -> None:
    """What is cut in two between frames is not whole again where they are put together."""
    lines = redact([to_line(frame, 0.0) for frame in frames])
    joined = "".join(iter_texts([line.get("body") for line in lines])).casefold()
    assert not [word for word in (*NAMES, *SECRETS) if word.casefold() in joined]


@pytest.mark.parametrize(
    "field", ["state", "status", "event_type", "method", "mt", "reason", "type", "direction", "Event"]
)
def test_words_for_states_hide_nobody(field: str) -> None:
    """A name that Home Assistant knows is one even where a word of the protocol belongs."""
    told = redact_value({field: "wilhelmina", "uuid": "x"}, names=["Wilhelmina de Vries"])
    assert "wilhelmina" not in json.dumps(told).lower()


def test_words_of_the_protocol_stay() -> None:
    """What an event is and which state it tells of is what the file is for."""
    event = {
        "event_type": "phone_status_update",
        "seq": 12,
        "status_code": 8,
        "status": "Ringing",
        "timestamp": "2026-11-30T17:52:11Z",
        "dnd": False,
    }
    assert redact_value(event) == event


def test_unknown_words_of_the_protocol_stay() -> None:
    """A state and a field that no decoder knows are what nobody has seen before."""
    event = {"event_type": "call_screened", "state": "screening", "unique_id": "1", "screening": True}
    assert redact_value(event) == event


def test_same_stays_the_same() -> None:
    """A number and a name are the same one wherever and however they are written."""
    told = redact_value(
        [
            {"number": "+31 20 123 4567", "name": "Anna de Vries"},
            {"number": "0201234567", "name": "anna"},
            {"channel": "PJSIP/201-0000001a", "extension": "201", "caller": "0031201234567"},
            {"mailbox": "201@default", "fullName": "DE VRIES"},
        ]
    )
    first, second, third, fourth = told
    digits = first["number"].replace(" ", "")
    assert digits.startswith("+31201")
    assert digits != "+31201234567"
    assert second["number"] == "0" + digits[3:]
    assert third["caller"] == "00" + digits[1:]
    assert first["number"].count(" ") == 3
    assert second["name"] == first["name"].split()[0].lower()
    assert fourth["fullName"] == " ".join(first["name"].split()[1:]).upper()
    assert third["channel"].startswith(f"PJSIP/{third['extension']}-")
    assert fourth["mailbox"] == f"{third['extension']}@default"
    assert third["extension"] != "201"
    assert re.fullmatch(r"2\d\d", third["extension"])


@pytest.mark.parametrize(
    ("number", "country"), [("+31201234567", "NL"), ("+493012345678", "DE"), ("+390612345678", "IT")]
)
def test_numbers_stay_valid(number: str, country: str) -> None:
    """A number is replaced by one that could be one in the same country."""
    told = redact_value({"number": number})["number"]
    parsed = phonenumbers.parse(told)
    assert told != number
    assert len(told) == len(number)
    assert phonenumbers.is_valid_number(parsed)
    assert phonenumbers.region_code_for_number(parsed) == country


@pytest.mark.parametrize("word", ["anonymous", "<unknown>", "Unbekannt", "", "withheld"])
def test_withheld_stays_withheld(word: str) -> None:
    """Nobody is somebody of whom nothing has to be hidden."""
    assert redact_value({"name": word, "number": word}) == {"name": word, "number": word}


def test_text_is_dropped() -> None:
    """What people write to each other is nobody's business."""
    told = redact_value(
        {"note": "At the dentist until noon", "subject": "Call Mark", "message": "Permission denied"}
    )
    assert told == {"note": "text", "subject": "text", "message": "Permission denied"}


def test_shapes_stay() -> None:
    """Addresses, devices and ids look like what they are."""
    told = redact_value(
        {
            "mac": "00:90:33:1a:2b:3c",
            "uuid": "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "host": "pbx.bruckner-gmbh.de",
            "ip": "192.168.17.23",
            "email": "anna@bruckner-gmbh.de",
        }
    )
    assert re.fullmatch(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", told["mac"])
    assert re.fullmatch(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", told["uuid"])
    assert re.fullmatch(r"host\d\.example", told["host"])
    assert re.fullmatch(r"192\.0\.2\.\d+", told["ip"])
    assert re.fullmatch(r"[a-z]+@host\d\.example", told["email"])


def test_what_asks_and_what_answers_belong_together() -> None:
    """The numbers of requests are nobody's, even where an extension is the same."""
    told = redact_value([{"extension": "12"}, {"jsonrpc": "2.0", "id": 12, "result": True}, {"src": "12"}])
    assert told[1]["id"] == 12
    assert told[2]["src"] == "12"


@given(st.text(max_size=60), st.sampled_from(["name", "number", "value", "zzz"]))
@example("Straße12x", "name")
@example("\u01301\u0149", "zzz")
def test_any_text(text: str, field: str) -> None:
    """Whatever letters there are, and however many they become in lower case, a recording is made."""
    assert [type(told) for told in redact_value({field: text}).values()] == [str]


@pytest.mark.parametrize("piece", ["(", "( ", "/", "< "])
def test_long_texts(piece: str) -> None:
    """The work grows with the text and no faster, whatever it is; else this one would take an hour."""
    text = piece * (1_000_000 // len(piece))
    assert redact([{"t": 0, "body": {"json": {"value": f"{text} !"}}}])


WRITTEN = (
    "+31 6 1234 5678",
    "06-1234-5678",
    "06 12 34 56 78",
    "06.12.34.56.78",
    "(020) 123 45 67",
    "202-555-0143",
)


@pytest.mark.parametrize("number", WRITTEN)
@pytest.mark.parametrize("field", ["name", "number", "value", "zzz", "Data", "count"])
@pytest.mark.parametrize("text", ["{}", "Call {} now", "Wilhelmina {}", "sip:anna@host {}", "x={}"])
def test_numbers_as_people_write_them(number: str, field: str, text: str) -> None:
    """A number in pieces is one number, in whatever field and beside whatever."""
    digits = re.sub(r"\D", "", number)
    told = redact_value({field: text.format(number), "extension": digits})
    assert told["extension"][-6:] != digits[-6:]
    assert re.sub(r"\D", "", told[field]) == told["extension"]


def test_number_in_pieces_is_the_same_number() -> None:
    """Written together or apart, with or without a name before it, in digits of any script."""
    told = redact_value(
        {"number": "0612345678", "zzz": "06 12 34 56 78", "name": "Anna 06-12345678", "value": "٠٦١٢٣٤٥٦٧٨"}
    )
    assert {re.sub(r"\D", "", text) for text in told.values()} == {told["number"]}


@pytest.mark.parametrize(
    "field",
    ["vmsecret", "userpassword", "voicemailpin", "pass", "md5secret", "sippasswd", "hash", "access_code"],
)
@pytest.mark.parametrize("secret", ["1234", "page", "12-34"])
def test_secrets_by_any_name(field: str, secret: str) -> None:
    """A short secret is one as well, however the vendor has put the name of its field together."""
    assert secret not in redact_value({field: secret, "uuid": "x"}).values()


@pytest.mark.parametrize(
    "text",
    [
        "https://pbx.example.com/a?x=1&token=4711#top",
        "http://anna:4711@pbx.example.com:8088/ari",
        "sip:anna:4711@10.1.2.3",
        "PIN=4711",
        "secret: 4711",
        "Authorization: Basic 4711",
        "x=1;session=4711",
        '{"pin": "4711"} and more',
        "https%3A%2F%2Fpbx%2Fa%3Ftoken%3D4711",
    ],
)
def test_secrets_within_texts(text: str) -> None:
    """What has its name before it in an address, a variable or a header is gone."""
    told = redact_value({"value": text, "zzz": [text], "contact": text})
    assert "4711" not in json.dumps(told)
    assert json.dumps(told).count("redacted") == 3


def test_secret_in_the_place_of_an_answer() -> None:
    """Where a PBX sends a browser on, it may tell its token there."""
    headers = {"Location": "/app/page?sid=4711&page=2"}
    content = {"status": 302, "headers": headers, "body": b""}
    told = redact([to_line(Frame(0.0, Door.HTTP, 1, "answer", content), 0.0)])
    assert told[0]["headers"] == {"Location": "/app/page?sid=redacted&page=2"}


@pytest.mark.parametrize(
    ("field", "address"),
    [
        ("src", "10.1.2.3"), ("port", "10.1.2.3:5060"), ("src_mac", "00:11:22:33:44:55"),
        ("value", "0011.2233.4455"), ("zzz", "00e0.fc12.3456"),
    ],
)  # fmt: skip
def test_addresses_are_no_counts(field: str, address: str) -> None:
    """An address of digits alone is one even where a count or a time belongs, and a version is none."""
    told = redact_value({field: address, "version": "8.2.2.1"})
    assert address.partition(":5060")[0] not in told[field]
    assert told["version"] == "8.2.2.1"


def test_ids_of_digits_alone_stay_the_same() -> None:
    """The id of a user is the same one in the field of a mobile number and in any other."""
    user = "13910820-0282-4100-8000-361286040331"
    told = redact_value({"uuid": user, "mobile_user": user, "value": "4100"})
    assert told["uuid"] == told["mobile_user"] != user
    assert told["value"] == "4100"


def test_extension_that_only_a_channel_tells() -> None:
    """Who is not imported has an extension as well."""
    told = redact_value({"value": "PJSIP/305-0000001a", "zzz": "305", "other": ["sip:306@host", "306"]})
    assert told["zzz"] != "305"
    assert told["value"].startswith(f"PJSIP/{told['zzz']}-")
    assert told["other"][1] != "306"


def test_number_in_words() -> None:
    """It becomes the same number as in digits, in a field of numbers and within a name."""
    said = "Null Zwei Null Eins Zwei Drei Vier Fünf Sechs Sieben"
    told = redact_value({"number": "0201234567", "caller": {"number": said, "name": f"Anna {said}"}})
    assert told["number"] != "0201234567"
    assert told["caller"]["number"] == told["number"]
    assert told["caller"]["name"].endswith(f" {told['number']}")


def test_people_hear_of_every_word_that_stays() -> None:
    """A field and a state that no decoder knows are listed; a name within them keeps them from staying."""
    redactor = Redactor(["Wilhelmina de Vries"])
    body = {"event_type": "call_screened", "status": "Kees", "state": "Lunch-with-Wilhelmina", "screening": 1}
    told = redactor.redact_lines([{"kind": "received", "body": {"json": {**body, "uuid": "x"}}}])
    assert set(redactor.kept_names) == {"call_screened", "Kees", "screening"}
    assert "wilhelmina" not in json.dumps(told).lower()


def test_place_in_a_row_stays() -> None:
    """What was heard last is a count and nobody's name, so that what is asked next follows what was told."""
    asked = {"kind": "request", "path": "/apis/pbx/events", "query": [["timeout", "50"], ["last", "122"]]}
    told = {
        "kind": "answer",
        "body": {"json": [{"event_type": "incoming_call", "seq": 122, "status": "122"}]},
    }
    assert redact([told, asked]) == [told, asked]


def test_last_may_be_a_name() -> None:
    """Where somebody has a first and a last name, both are."""
    told = redact_value({"first": "Grace", "last": "Page", "last_call": "1796681615", "uuid": "x"})
    assert "Grace" not in told.values()
    assert told["last"] != "Page"
    assert told["last_call"] == "1796681615"
