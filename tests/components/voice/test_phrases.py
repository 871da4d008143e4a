"""What people say works, judged by what the PBX received and whether the answer is true."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from .office import LANGUAGES, PHRASES, Failure, open_office, read_phrases

# An assistant of another language; of the phrases, one in so many is said to it.
ABROAD = {"en": "de", "de": "en", "nl": "de", "fr": "es", "es": "it", "it": "en"}
EACH = 12


def report(failures: list[Failure], count: int) -> str:
    """Return which phrases fail, for people."""
    lines = [f"  {one.phrase.effect}: {one.phrase.text!r} -> {one.answer!r} {one.sent}" for one in failures]
    return "\n".join([f"{len(failures)} of {count} fail", *lines])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_phrases(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory, language: str
) -> None:
    """All phrases of a language work, and are answered in it whatever the language of the assistant."""
    phrases = list(read_phrases(PHRASES / f"{language}.txt"))
    others = [phrase.text for phrase in phrases if phrase.effect == "other"]
    office = await open_office(hass, monkeypatch, freezer, language, others)
    failures = await office.judge(phrases)
    assert not failures, report(failures, len(phrases))
    ours = [phrase for phrase in phrases if phrase.effect != "other"]
    for phrase in ours[::EACH]:
        await office.enter(phrase.phase)
        here = await office.say(phrase.text)
        await office.enter(phrase.phase)
        assert await office.say(phrase.text, ABROAD[language]) == here, phrase
