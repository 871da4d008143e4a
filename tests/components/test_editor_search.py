"""Everyday words find the right triggers, conditions and actions, in every language.

The search of the editor is that of the frontend of Home Assistant 2026.10: every word must be in the name or
in the description, with at most three wrong letters in ten, and without regard to case and accents.
"""

from functools import cache
import json
from pathlib import Path
import unicodedata

import pytest

from custom_components import pbx

FOLDER = Path(pbx.__file__).parent / "translations"
THRESHOLD = 0.3
KINDS = {"T": "triggers", "C": "conditions", "A": "services"}
LANGUAGES = ("en", "de", "nl", "fr", "es", "it")
# What people enter, in the order of the languages, and what must be among the results.
WORDS: dict[tuple[str, ...], str] = {
    (
        "incoming call",
        "eingehender Anruf",
        "inkomende oproep",
        "appel entrant",
        "llamada entrante",
        "chiamata in arrivo",
    ): "T.call_ringing C.is_ringing A.answer",
    (
        "phone rings",
        "Telefon klingelt",
        "telefoon gaat",
        "téléphone sonne",
        "suena el teléfono",
        "squilla il telefono",
    ): "T.call_ringing C.is_ringing A.answer",
    (
        "telephone",
        "Telefon",
        "telefoon",
        "téléphone",
        "teléfono",
        "telefono",
    ): "T.call_ringing T.call_missed T.call_ended C.is_on_call A.dial A.hangup",
    (
        "voicemail",
        "Anrufbeantworter",
        "voicemail",
        "répondeur",
        "buzón de voz",
        "segreteria",
    ): "T.voicemail_received",
    (
        "queue",
        "Warteschlange",
        "wachtrij",
        "file d'attente",
        "cola",
        "coda",
    ): "T.queue_waiting_above T.queue_without_agents T.agent_paused C.queue_longer_than A.set_queue_agent",
    (
        "missed call",
        "verpasster Anruf",
        "gemiste oproep",
        "appel manqué",
        "llamada perdida",
        "chiamata persa",
    ): "T.call_missed",
    ("make a call", "anrufen", "bellen", "appeler", "llamar", "chiamare"): "T.call_dialing A.dial",
    ("hang up", "auflegen", "ophangen", "raccrocher", "colgar", "riagganciare"): "T.call_ended A.hangup",
    (
        "on the phone",
        "am Telefon",
        "aan de telefoon",
        "au téléphone",
        "al teléfono",
        "al telefono",
    ): "C.is_on_call",
    (
        "transfer",
        "weiterverbinden",
        "doorverbinden",
        "transférer",
        "transferir",
        "trasferire",
    ): "T.call_transferred A.transfer",
    (
        "do not disturb",
        "nicht stören",
        "niet storen",
        "ne pas déranger",
        "no molestar",
        "non disturbare",
    ): "T.do_not_disturb_changed C.do_not_disturb_is_on A.set_do_not_disturb",
    (
        "forward calls",
        "Rufumleitung",
        "doorschakelen",
        "renvoi d'appel",
        "desvío",
        "deviazione",
    ): "A.set_forward",
    ("presence", "Präsenz", "aanwezigheid", "présence", "presencia", "presenza"): (
        "T.presence_changed C.presence_is A.set_presence"
    ),
    ("free", "frei", "vrij", "libre", "libre", "libero"): "T.became_free C.is_free",
    (
        "notification call",
        "Anruf Benachrichtigung",
        "melding oproep",
        "notification appel",
        "notificación llamada",
        "notifica chiamata",
    ): "A.notify_call",
    (
        "call back",
        "zurückrufen",
        "terugbellen",
        "rappel",
        "devolver la llamada",
        "richiamare",
    ): "A.notify_call",
    ("door opener", "Türöffner", "deuropener", "ouvre-porte", "abrepuertas", "apriporta"): "A.send_dtmf",
}
CASES = [
    (language, words[index], expected)
    for index, language in enumerate(LANGUAGES)
    for words, expected in WORDS.items()
]


@cache
def texts(language: str) -> dict[str, list[str]]:
    """Return the name and the description of everything in the editor, as they are compared."""
    data = json.loads((FOLDER / f"{language}.json").read_text())
    return {
        f"{letter}.{key}": [plain(item["name"]), plain(item["description"])]
        for letter, kind in KINDS.items()
        for key, item in data[kind].items()
    }


def plain(text: str) -> str:
    """Return a text in lower case without accents."""
    letters = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def count_errors(word: str, text: str) -> int:
    """Return how many letters differ between a word and the part of a text that is most like it."""
    if word in text:
        return 0
    row = [0] * (len(text) + 1)
    for letter in word:
        above, row = row, [row[0] + 1]
        for index, other in enumerate(text):
            row.append(min(above[index] + (letter != other), above[index + 1] + 1, row[index] + 1))
    return min(row)


def finds(language: str, words: str, key: str) -> bool:
    """Return whether the search of the editor finds something."""
    fields = texts(language)[key]
    return all(
        any(count_errors(word, field) <= THRESHOLD * len(word) for field in fields)
        for word in plain(words).split()
    )


@pytest.mark.parametrize(("language", "words", "expected"), CASES)
def test_everyday_words(language: str, words: str, expected: str) -> None:
    """What people look for is among what is found."""
    assert [key for key in expected.split() if not finds(language, words, key)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_something_else(language: str) -> None:
    """What has nothing to do with telephones finds nothing."""
    assert not [key for key in texts(language) if finds(language, "zigbee xylophone", key)]
