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
    "short_ways",
    "home_office",
    "common_words",
    "at_home",
    "no_commas",
    "half_said",
    "plain_requests",
    "in_one_breath",
    "trades",
)
NAMES = ("Robin Vos", "Björn Andersson", "Anna Schmidt", "Łukasz Nowak", "Maria Rossi", "Maria Weber")
MORE_NAMES = ("José García", "Jürgen Groß", "Peter van den Berg", "Piet", "Renate Keller", "27", "28")
# What is so in a phase though nobody says it.
FACTS = {phase: frozenset({phase}) for phase in ("ringing", "talking")} | {
    "forwarding": frozenset({"forwarded"})
}
# One phrase of so many may not be understood.
EACH = 20


def read(phrase: Phrase, language: str) -> Gist | None:
    """Return the gist of a phrase that is said in the office."""
    reception, mum, *queues = LOCAL[language]
    people = frozenset(fold_names((*NAMES, *MORE_NAMES, reception, mum)))
    known = KnownNames(people, frozenset(fold_names(queues)), frozenset(fold_names([KLAUS.name or ""])))
    return load_reader_of(language).read(phrase.text, known, FACTS.get(phrase.phase, frozenset()))


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
        ("where is my phone", None, {}),
        ("my mobile has no reception here", None, {}),
        ("where is my phone forwarded", "PbxForwarding", {}),
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


@pytest.mark.parametrize(
    ("facts", "text", "intent"),
    [
        ({"ringing"}, "not interested", "PbxReject"),
        ({"ringing"}, "bad timing", "PbxReject"),
        ({"ringing"}, "hang up on them", "PbxReject"),
        ({"ringing"}, "what's the name of the caller", "PbxWhoIsCalling"),
        ({"talking"}, "hang up on them", "PbxHangUp"),
        (set(), "not interested", None),
        (set(), "bad timing", None),
        ({"forwarded"}, "calls can come through to me again", "PbxStopForwarding"),
        (set(), "calls can come through to me again", "PbxDoNotDisturbOff"),
    ],
)
def test_facts(facts: set[str], text: str, intent: str | None) -> None:
    """What a sentence means may depend on what the calls of who asks do."""
    gist = load_reader_of("en").read(text, KnownNames(), frozenset(facts))
    assert (gist.intent if gist is not None else None) == intent


@pytest.mark.parametrize(
    ("language", "text", "intent"),
    [
        ("en", "my gerbil has fainted call Anna", "PbxCall"),
        ("en", "we're knee deep in plaster could you stop my calls until noon", "PbxDoNotDisturbOn"),
        ("en", "the clarinet isn't tuned divert my calls to Björn", "PbxForward"),
        ("en", "Anna knows the ropes pass this call on to her", "PbxTransfer"),
        ("de", "mein Hamster ist umgefallen ruf Anna an", "PbxCall"),
        ("de", "bin knietief im Gips stell bis Mittag keine Anrufe durch", "PbxDoNotDisturbOn"),
        ("de", "da kennt sich Björn aus leite meine Anrufe auf ihn um", "PbxForward"),
        ("nl", "de klarinet is vals bel Anna", "PbxCall"),
        ("nl", "zit tot mijn knieën in het gips verbind tot twaalf uur niemand door", "PbxDoNotDisturbOn"),
        ("fr", "mon hamster est tombé appelle Anna", "PbxCall"),
        ("es", "el hámster se ha caído llama a Anna", "PbxCall"),
        ("it", "il criceto sta male chiama Anna", "PbxCall"),
        ("fr", "appelle Anna le hamster est tombé", "PbxCall"),
        ("fr", "C'est fini, je suis joignable, enlève le ne pas déranger", "PbxDoNotDisturbOff"),
        ("fr", "c'est bien calme, mon ne pas déranger il est encore actif ?", "PbxDoNotDisturb"),
        ("fr", "j'ai pas mes lunettes qui appelle", "PbxWhoIsCalling"),
        ("es", "silencia el teléfono el hámster se ha dormido", "PbxDoNotDisturbOn"),
        ("es", "Björn se ha ido cancela el desvío", "PbxStopForwarding"),
        ("it", "metti non disturbare è arrivato il criceto", "PbxDoNotDisturbOn"),
        ("it", "dammi Anna ha il criceto", "PbxCall"),
        ("it", "Chiama Anna, il criceto è libero?", "PbxCall"),
        # What somebody does who is named before is asked, and nobody is called.
        ("fr", "j'aimerais voir Anna elle est au téléphone", "PbxIsFree"),
        ("es", "quiero ver a Anna está al teléfono", "PbxIsFree"),
        ("it", "devo passare da Anna, è al telefono?", "PbxIsFree"),
        ("it", "è più una cosa per Björn, passagli il signor Meyer", "PbxTransfer"),
        ("es", "no llevo los prismáticos quién llama", "PbxWhoIsCalling"),
        # What is written as a question turns nothing off, and nobody is called for it.
        ("fr", "je suis joignable ?", "PbxDoNotDisturb"),
        ("fr", "je suis joignable", "PbxDoNotDisturbOff"),
        ("it", "José accetta chiamate adesso?", "PbxIsFree"),
        ("en", "my do not disturb is it still on", "PbxDoNotDisturb"),
        ("de", "mein nicht stören ist das noch an", "PbxDoNotDisturb"),
        ("nl", "mag ik Anna aan de lijn", "PbxCall"),
        ("en", "Anna on the phone please", "PbxCall"),
        ("de", "Maria anrufen also die Maria Rossi", "PbxCall"),
        ("en", "I'll call back later", None),
        ("en", "from now on call me the boss", None),
        # A request may be part of what is told, asked or put off.
        ("es", "está activado no molestar", "PbxDoNotDisturb"),
        ("fr", "José demande qu'on ne le dérange pas", "PbxIsFree"),
        ("fr", "on a sonné, c'est qui à la porte", None),
        ("en", "remind me that the clarinet is out call Anna", None),
        ("de", "wenn der Hamster umfällt ruf Anna an", None),
        ("de", "mein Hamster und ich rufen Anna", None),
    ],
)
def test_reasons(language: str, text: str, intent: str | None) -> None:
    """A reason for what is asked for may be about anything, and is known by its shape."""
    gist = read(Phrase("", "", text), language)
    assert (gist.intent if gist is not None and gist.sure else None) == intent
