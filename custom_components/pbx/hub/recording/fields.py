"""What the name of a field says of its value."""

from enum import Enum, auto
from functools import cache
from itertools import pairwise

from .vocabulary import split_words


class FieldKind(Enum):
    """What sort of value a field has: `PLAIN` are times and counts, `WORD` names of messages and states."""

    SECRET = auto()
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
    password passwd pwd passphrase secret secrets token tokens digest cookie cookies challenge nonce
    cnonce auth authorization credential credentials signature pin apikey authkey sid md5cred jwt csrf
""")
_SECRET_PAIRS = frozenset({
    ("api", "key"), ("auth", "key"), ("private", "key"), ("session", "id"), ("session", "key"),
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
    name names display displayname dn cn first last firstname lastname fullname alias title label labels
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
    cause version revision port level max min limit size index rows free wrapup holdtime calls completed
    abandoned penalty weight percent load depth read unread slot order length bytes bits flags mask
    codec rate quality jitter rtt lost pinginterval pingtimeout maxpayload numrows bri pri actionid src
""")
_BY_WORD = (
    (FieldKind.NAME, _NAME),
    (FieldKind.NUMBER, _NUMBER),
    (FieldKind.TEXT, _TEXT),
    (FieldKind.PLAIN, _PLAIN),
)


@cache
def classify(name: str) -> FieldKind:
    """Return what sort of value a field of this name has; where two words disagree the stricter counts."""
    words = split_words(name)
    whole = name.lower().replace("_", "").replace("-", "")
    found = {whole, *words}
    if whole in _SECRET_WHOLE or found & _SECRET or _SECRET_PAIRS.intersection(pairwise(words)):
        return FieldKind.SECRET
    if found & _LOCALE:
        return FieldKind.LOCALE
    if whole in _WORD or (words and words[-1] in _WORD_ENDS):
        return FieldKind.WORD
    return next((kind for kind, names in _BY_WORD if found & names), FieldKind.OTHER)
