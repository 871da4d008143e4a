"""What people say works, judged by what the PBX received and whether the answer is true.

Here one phrase of five is said to the assistant, and all are read; `judge.py` says them all.
"""

from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from .office import LANGUAGES, PHRASES, Failure, load_grammar_of, open_office, read_phrases

EACH = 5
# An assistant of another language; to it, one phrase of so many is said.
ABROAD = {"en": "de", "de": "en", "nl": "de", "fr": "es", "es": "it", "it": "en"}
EACH_ABROAD = 30


def report(failures: list[Failure], count: int) -> str:
    """Return which phrases fail, for people."""
    lines = [f"  {one.phrase.effect}: {one.phrase.text!r} -> {one.answer!r} {one.sent}" for one in failures]
    return "\n".join([f"{len(failures)} of {count} fail", *lines])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_phrases(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory, language: str
) -> None:
    """The phrases of a language work, and are answered in it whatever the language of the assistant."""
    phrases = list(read_phrases(PHRASES / f"{language}.txt"))[::EACH]
    others = [phrase.text for phrase in phrases if phrase.effect == "other"]
    office = await open_office(hass, monkeypatch, freezer, language, others)
    failures = await office.judge(phrases)
    assert not failures, report(failures, len(phrases))
    for phrase in [phrase for phrase in phrases if phrase.effect != "other"][::EACH_ABROAD]:
        await office.enter(phrase.phase)
        here = await office.say(phrase.text)
        await office.enter(phrase.phase)
        assert await office.say(phrase.text, ABROAD[language]) == here, phrase


@pytest.mark.parametrize("path", sorted(PHRASES.glob("other_things/*.txt")), ids=lambda path: path.stem)
async def test_other_things(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory, path: Path
) -> None:
    """Nothing is done for phrases about other things with words of telephony; Home Assistant answers."""
    phrases = list(read_phrases(path))
    office = await open_office(hass, monkeypatch, freezer, path.stem, [phrase.text for phrase in phrases])
    failures = await office.judge(phrases)
    assert not failures, report(failures, len(phrases))


@pytest.mark.parametrize("language", LANGUAGES)
def test_read(language: str) -> None:
    """All phrases about telephones can mean something."""
    grammar = load_grammar_of(language)
    phrases = [one for one in read_phrases(PHRASES / f"{language}.txt") if one.effect != "other"]
    assert len(phrases) > 120
    assert not [phrase for phrase in phrases if not grammar.read(phrase.text, language)]
