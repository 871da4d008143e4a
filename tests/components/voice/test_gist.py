"""What no pattern covers is read by its gist, alone, and phrases about other things are left alone."""

import pytest

from custom_components.pbx.voice.gist import Gist, KnownNames, fold_names

from .office import KLAUS, LANGUAGES, LOCAL, PHRASES, Phrase, load_grammar_of, load_reader_of, read_phrases

AUTHORS = ("colloquial", "roundabout")
STRANGERS = (
    "second_thoughts",
    "polite_and_terse",
    "everyday_words",
    "hurried",
    "mixed",
    "ordinary",
    "first_thoughts",
    "moods",
    "offhand",
    "near_telephones",
    "at_work",
    "double_meanings",
)
NAMES = ("Robin Vos", "Björn Andersson", "Anna Schmidt", "Łukasz Nowak", "Maria Rossi", "Maria Weber")
MORE_NAMES = ("José García", "Jürgen Groß", "Peter van den Berg", "Piet", "Renate Keller", "27", "28")
# One phrase of so many may not be understood.
EACH = 20


def read(phrase: Phrase, language: str) -> Gist | None:
    """Return the gist of a phrase that is said in the office."""
    reception, mum, *queues = LOCAL[language]
    people = frozenset(fold_names((*NAMES, *MORE_NAMES, reception, mum)))
    known = KnownNames(people, frozenset(fold_names(queues)), frozenset(fold_names([KLAUS.name or ""])))
    return load_reader_of(language).read(phrase.text, known, frozenset({phrase.phase}))


@pytest.mark.parametrize("author", AUTHORS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_understood(language: str, author: str) -> None:
    """Nearly all phrases about telephones have a gist, and none about other things is sure to have one."""
    phrases = list(read_phrases(PHRASES / author / f"{language}.txt"))
    gists = {phrase: read(phrase, language) for phrase in phrases}
    missing = [phrase for phrase, gist in gists.items() if phrase.effect != "other" and gist is None]
    taken = [phrase for phrase, gist in gists.items() if phrase.effect == "other" and gist and gist.sure]
    assert len(missing) <= len(phrases) / EACH, missing
    assert not taken


@pytest.mark.parametrize("language", LANGUAGES)
def test_authors(language: str) -> None:
    """Phrases of authors who had not seen the sentences are read, and none about other things is taken."""
    grammar = load_grammar_of(language)
    phrases = [one for author in STRANGERS for one in read_phrases(PHRASES / author / f"{language}.txt")]
    gists = {phrase: read(phrase, language) for phrase in phrases}
    taken = [phrase for phrase, gist in gists.items() if phrase.effect == "other" and gist and gist.sure]
    missing = [phrase for phrase, gist in gists.items() if phrase.effect != "other" and gist is None]
    assert not taken
    assert not [phrase for phrase in missing if not grammar.read(phrase.text, language)]


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("call Anna no wait Björn", "PbxCall", {"who": "Björn"}),
        ("do not disturb until doomsday", None, {}),
        (
            "could you perhaps hold all calls, um, till half past three",
            "PbxDoNotDisturbOn",
            {"until": "half past three"},
        ),
        ("I'm in a meeting so forward my calls on to Piet", "PbxForward", {"who": "Piet"}),
        ("remind me to call Anna", None, {}),
        ("get me Ferdinand on the phone", "PbxCall", {"who": "Ferdinand"}),
        (
            "pass my calls to Björn, oh wait, he's out, to reception instead",
            "PbxForward",
            {"who": "reception"},
        ),
        (
            "mute my phone until quarter past, no, quarter to twelve",
            "PbxDoNotDisturbOn",
            {"until": "quarter to twelve"},
        ),
        ("is Jürgen, sorry, is Anna free", "PbxIsFree", {"who": "Anna"}),
        ("scratch that", None, {}),
        ("I'm putting the kids to bed, no calls for an hour", "PbxDoNotDisturbOn", {"duration": "an hour"}),
        ("I missed one earlier, ring them back", "PbxCallMissedBack", {}),
        ("Piet knows about it, ring him on his mobile", "PbxCall", {"who": "Piet on his mobile"}),
        ("can I ring Anna or is her line engaged", "PbxIsFree", {"who": "Anna"}),
        ("until noon my phone is not to ring any more", "PbxDoNotDisturbOn", {"until": "noon"}),
        ("play voicemail by the Beatles", None, {}),
        ("mute the gramophone for half an hour", None, {}),
        ("how long is the queue at the ferry", None, {}),
        ("did somebody ring the carillon", None, {}),
        ("who composed Hanging on the Telephone", None, {}),
        ("hold my calls my gramophone is on", "PbxDoNotDisturbOn", {}),
        ("ring my mum she'll be wondering about the ferry", "PbxCall", {"who": "mum"}),
        ("transfer Mr Meyer to reception", "PbxTransfer", {"who": "reception"}),
        ("what was his name, the last caller", "PbxLastCaller", {}),
    ],
)
def test_gists(text: str, intent: str | None, slots: dict[str, str]) -> None:
    """Times, names and changes of mind are found wherever they stand."""
    gist = read(Phrase("", "", text), "en")
    assert (gist.intent if gist is not None else None) == intent
    assert gist is None or dict(gist.slots) == slots
