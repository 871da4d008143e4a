"""Say phrases of any author and tell by language and kind how many fail, judged by effect.

    PBX_PHRASES=FOLDER scripts/test -s -n 0 tests/components/voice/judge.py -k "[de] or [nl]"

PBX_VOICE_ONLY=gist reads without the patterns, PBX_VOICE_ONLY=patterns without the gist.
The folder has a file of phrases for each language, such as `de.txt`, in the form that `office.py` describes.
The folders of `phrases/to_judge` are of authors who had not seen the sentences; what fails is there, and what
does not in the folders of the same names beside it.
It is no test of the suite, which knows no file of this name.
"""

from collections import Counter
import os
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.pbx.voice.readings import Grammar
from tests.components.voice.office import LANGUAGES, PHRASES, Failure, Phrase, open_office, read_phrases

ONLY = os.environ.get("PBX_VOICE_ONLY")
# The way of reading that is left out.
LEFT_OUT = {"gist": "read", "patterns": "read_gist"}
FOLDER = Path(os.environ.get("PBX_PHRASES", str(PHRASES)))


def tell(language: str, phrases: list[Phrase], failures: list[Failure]) -> str:
    """Return how many phrases of each kind fail, and each that does with what came of it."""
    said = Counter(phrase.effect.partition(" ")[0] for phrase in phrases)
    failed = Counter(one.phrase.effect.partition(" ")[0] for one in failures)
    rows = [f"  {kind:18}{failed[kind]:4} of {count:4}" for kind, count in sorted(said.items())]
    lines = [f"  {one.phrase.effect}: {one.phrase.text!r} -> {one.answer!r} {one.sent}" for one in failures]
    return "\n".join([f"{language}: {len(failures)} of {len(phrases)} fail", *rows, *lines])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_judge(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory, language: str
) -> None:
    """Say the phrases of a language."""
    phrases = list(read_phrases(FOLDER / f"{language}.txt"))
    others = [phrase.text for phrase in phrases if phrase.effect == "other"]
    if ONLY is not None:
        monkeypatch.setattr(Grammar, LEFT_OUT[ONLY], lambda *_: [])
    office = await open_office(hass, monkeypatch, freezer, language, others)
    print(tell(language, phrases, await office.judge(phrases)))  # noqa: T201
