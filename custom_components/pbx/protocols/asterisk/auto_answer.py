"""How phones of each make are told to answer a call by themselves.

Each entry holds the SIP headers of the call that the phone gets, as their vendors document them.
"""

from collections.abc import Mapping

_INTERCOM = "Alert-Info", "<http://127.0.0.1>;info=alert-autoanswer;delay=0"

_MAKES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "standard": (("Call-Info", "<sip:127.0.0.1>;answer-after=0"), _INTERCOM),
    "yealink": (_INTERCOM,),
    "snom": (("Call-Info", "<sip:127.0.0.1>;answer-after=0"),),
    "grandstream": (("Call-Info", "<sip:127.0.0.1>;answer-after=0"),),
    "polycom": (("Alert-Info", "Ring Answer"),),
    "cisco": (("Call-Info", "<sip:127.0.0.1>;answer-after=0"),),
    "aastra": (("Alert-Info", "info=alert-autoanswer"),),
    "panasonic": (("Alert-Info", "Intercom"),),
}
# The word in the user agent of a phone by which its make is known.
_WORDS = {
    "yealink": "yealink",
    "snom": "snom",
    "grandstream": "grandstream",
    "polycom": "polycom",
    "poly/": "polycom",
    "cisco": "cisco",
    "linksys": "cisco",
    "aastra": "aastra",
    "mitel": "aastra",
    "panasonic": "panasonic",
}


def get_headers(user_agent: str | None) -> tuple[tuple[str, str], ...]:
    """Return names and values of the headers for a phone, by the make that it names when it registers."""
    agent = (user_agent or "").lower()
    return _MAKES[next((make for word, make in _WORDS.items() if word in agent), "standard")]
