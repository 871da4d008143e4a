"""What people say and what is answered, in each language: the files of the folder `sentences`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homeassistant.util.yaml import load_yaml_dict

from ..protocols.phone_numbers import to_dialable

FOLDER = Path(__file__).parent.parent / "sentences"
FALLBACK = "en"


class RequestFailed(Exception):
    """What was asked for can't be done.

    `key` names a sentence among the `problems` of a language, `values` fill its placeholders.
    """

    def __init__(self, key: str, detail: str = "", **values: str) -> None:
        super().__init__(detail or key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One file: sentences by intent, how times are said, single words, answers and problems."""

    code: str
    intents: Mapping[str, list[str]]
    words: Mapping[str, Any]
    times: Mapping[str, Any]
    answers: Mapping[str, str]
    problems: Mapping[str, str]

    def format_answer(self, key: str, **values: object) -> str:
        """Return an answer with its placeholders filled in."""
        return self.answers[key].format(**values)

    def format_problem(self, error: RequestFailed) -> str:
        """Return the sentence for what can't be done."""
        return self.problems.get(error.key, self.problems["failed"]).format(**error.values)

    def join_names(self, names: list[str]) -> str:
        """Return names as they are listed in a sentence; there must be one at least."""
        *first, last = names
        return f"{', '.join(first)} {self.answers['and']} {last}" if first else last

    def parse_number(self, text: str) -> str | None:
        """Return a number that was said in digits or word by word, as it is dialed; None where it is none."""
        digits = self.words["digits"]
        return to_dialable("".join(digits.get(word.casefold(), word) for word in text.split()))


class Languages:
    """All languages there is a file for."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._languages = languages

    def get_language(self, tag: str) -> Language:
        """Return the language of a tag such as `de-CH`, English where there is no file for it."""
        code = tag.casefold().replace("_", "-").partition("-")[0]
        return self._languages.get(code, self._languages[FALLBACK])

    def list_sentences(self) -> dict[str, list[str]]:
        """Return what people say for each intent, in all languages."""
        intents = self._languages[FALLBACK].intents
        return {
            name: [text for language in self._languages.values() for text in language.intents[name]]
            for name in intents
        }


def load_languages() -> Languages:
    """Read all files; not for the event loop."""
    files = {path.stem: load_yaml_dict(path) for path in sorted(FOLDER.glob("*.yaml"))}
    return Languages({code: Language(code=code, **data) for code, data in files.items()})
