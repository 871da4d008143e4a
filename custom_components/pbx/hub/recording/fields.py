"""What the name of a field says of its value."""

from enum import Enum, auto
from functools import cache
from itertools import pairwise

from .vocabulary import split_words


class FieldKind(Enum):
    """What sort of value a field has: `PLAIN` are times and counts, `WORD` names of messages and states.

    `RELEASE` are versions, which may look like the address of a host.
    """

    SECRET = auto()
    RELEASE = auto()
    NAME = auto()
    NUMBER = auto()
    TEXT = auto()
    PLAIN = auto()
    WORD = auto()
    LOCALE = auto()
    OTHER = auto()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SECRET = _words("""
    password passwd pwd pass pw passphrase passcode secret secrets token tokens digest cookie cookies
    challenge nonce cnonce auth authorization credential credentials signature pin apikey authkey sid
    md5cred jwt csrf hash
""")
# These wherever they are in a name that does not say where its words begin, such as `vmsecret`.
_SECRET_PARTS = (
    "password", "passwd", "passphrase", "passcode", "secret", "cookie", "credential", "authkey", "apikey",
    "accesskey", "accesscode", "md5cred",
)  # fmt: skip
# Such a name may end with these, such as `voicemailpin`.
_SECRET_ENDS = ("pin", "pwd", "token")
# Where a text, such as an address, may hold a secret with its name before it.
SECRET_PATTERN = "|".join(sorted({*_SECRET, "key", "session"}, key=len, reverse=True))
_SECRET_PAIRS = frozenset({
    ("api", "key"), ("auth", "key"), ("private", "key"), ("access", "key"), ("session", "id"),
    ("session", "key"), ("access", "code"), ("security", "code"),
})  # fmt: skip
# These only as the whole name.
_SECRET_WHOLE = _words("session sessionkey auth_key key_auth")
_LOCALE = _words("language locale lang timezone tz")
_TEXT = _words("""
    note notes comment comments text message subject body reason description memo remark remarks
    info words detail details txt appdata
""")
_WORD = _words("""
    event type mt method methods topic api what action response status state states direction op eventtype
    statedesc channelstatedesc
""")
_WORD_ENDS = _words("type event state status")
_NAME = _words("""
    name names display displayname dn cn firstname lastname fullname alias title label labels
    company companyname organisation organization department contact person uname username nick nickname
    owner email mail street city address login surname calleridname connectedlinename
""")
_NUMBER = _words("""
    number num numbers extension extensions exten ext e164 callerid caller callee did ddi ddis dnis ani
    dial dialed destination msisdn mobile cell tel fax cid clid cli sip phonenumber originate
    accountcode aor uri mailbox
""")
_PLAIN = _words("""
    time times timestamp date datetime start started end ended since at created updated modified
    duration seconds epoch uptime expires expiry expire timeout interval intervals utc ts stamp count
    counts total waiting new old urgent seq sequence page pages items position priority code errno err
    cause port level max min limit size index rows free wrapup holdtime calls completed
    abandoned penalty weight percent load depth read unread slot order length bytes bits flags mask
    codec rate quality jitter rtt lost first last pinginterval pingtimeout maxpayload numrows bri pri
    actionid src
""")
# Of a person, or of what is counted.
_NAME_OR_COUNT = _words("first last")
_RELEASE = _words("version revision")
_BY_WORD = (
    (FieldKind.NAME, _NAME),
    (FieldKind.NUMBER, _NUMBER),
    (FieldKind.TEXT, _TEXT),
    (FieldKind.RELEASE, _RELEASE),
    (FieldKind.PLAIN, _PLAIN),
)


@cache
def classify(name: str) -> FieldKind:
    """Return what sort of value a field of this name has; where two words disagree the stricter counts."""
    words = split_words(name)
    whole = name.lower().replace("_", "").replace("-", "")
    found = {whole, *words}
    if found & _SECRET or _is_secret(whole, words):
        return FieldKind.SECRET
    if found & _LOCALE:
        return FieldKind.LOCALE
    if whole in _WORD or (words and words[-1] in _WORD_ENDS):
        return FieldKind.WORD
    return next((kind for kind, names in _BY_WORD if found & names), FieldKind.OTHER)


def classify_value(name: str, text: str) -> FieldKind:
    """Return what sort of value a text in a field of this name is: `last` is a name or a count."""
    if name.lower() in _NAME_OR_COUNT and not text.isdecimal():
        return FieldKind.NAME
    return classify(name)


def _is_secret(whole: str, words: list[str]) -> bool:
    if whole in _SECRET_WHOLE or _SECRET_PAIRS.intersection(pairwise(words)):
        return True
    return whole.endswith(_SECRET_ENDS) or any(part in whole for part in _SECRET_PARTS)
