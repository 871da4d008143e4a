"""Which cues of a sentence tell what is meant: rules that are the same in all languages.

A rule names the cues that it needs, `a|b` for either, then behind a minus the cues that speak against it. One
that begins with `?` is not sure to be about telephones: it only counts for what Home Assistant does not
understand. Among the rules that fit, the one that needs most wins, of equal ones the first.
"""

from collections.abc import Collection, Mapping
from typing import Self

from ..protocols.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to ask for an intent."""

    intent: str
    needs: tuple[frozenset[str], ...]
    against: frozenset[str]
    sure: bool
    slots: tuple[str, ...]

    @classmethod
    def parse(cls, intent: str, text: str, slots: tuple[str, ...] = ()) -> Self:
        """Return the rule that a line of the table describes."""
        words = text.removeprefix("?").split()
        return cls(
            intent=intent,
            needs=tuple(frozenset(word.split("|")) for word in words if not word.startswith("-")),
            against=frozenset(word.removeprefix("-") for word in words if word.startswith("-")),
            sure=not text.startswith("?"),
            slots=slots,
        )

    @property
    def weight(self) -> int:
        """Return how much speaks for the rule where it fits."""
        return len(self.needs)

    def fits(self, cues: Collection[str]) -> bool:
        """Return whether all the cues that are needed are there, and none that speaks against it."""
        return self.against.isdisjoint(cues) and all(not need.isdisjoint(cues) for need in self.needs)


_WHO, _QUEUE, _TIME = ("who",), ("queue",), ("until", "duration")
# What nobody says who wants to call somebody now.
_NO_CALL = (
    "-question -who -with_whom -how_many -how_long -called -calling -my_calls -missed -missed_call -no_calls "
    "-undisturbed -forwarding -queue -where -later_day -not_dial -may_call_me -engaged"
)
# What is no question whether calls come through now.
_NOT_NOW = "-until -duration -again -queue -how_many -missed -who -called -calling -person"
_NO_CALL_BACK = "-person -number -question -not_dial"
_NO_FORWARD = "-question -off -unsend -come_back"
# What is no question about a list of calls.
_NO_LIST = "-queue -wait -forward -dnd -message -no_calls -may_i -until"
# What is no question whether the asker can be called.
_NO_STATE = (
    "-person -until -duration -forward -forwarding -missed -who -anyone -calling -called -rings -message "
    "-voicemail -later_day -last_call"
)
_NO_CHANGE = "-question -who -where -how_many -how_long"

_TABLE: Mapping[tuple[str, tuple[str, ...]], tuple[str, ...]] = {
    ("PbxStopForwarding", ()): (
        f"unforward {_NO_CHANGE}",
        f"forward|my_calls unforward {_NO_CHANGE}",
        f"forward|forwarding off -person -number {_NO_CHANGE}",
        f"my_calls come_back -device -may_call_me -through {_NO_CHANGE}",
        "my_calls again here -question -through -may_call_me -reachable -until -duration",
        (
            "my_calls|calls come_back again phone|here "
            "-question -where -who -until -duration -may_call_me -through"
        ),
        f"forwarded my_calls person come_back again|unsend|not {_NO_CHANGE}",
        f"forwarded my_calls|calls come_back -no_calls -until -duration {_NO_CHANGE}",
        f"forwarded my_calls|calls come_back again|here -no_calls -until -duration {_NO_CHANGE}",
        (
            "forwarded my_calls|calls come_back again|here through|may_call_me|phone "
            f"-no_calls -until -duration {_NO_CHANGE}"
        ),
        f"my_calls unsend person|number -no_calls -until -duration {_NO_CHANGE}",
        f"my_calls unsend person|number send|gets|forward -no_calls -until -duration {_NO_CHANGE}",
        f"my_calls|calls come_back again -no_calls -may_call_me -through -until -duration {_NO_CHANGE}",
    ),
    ("PbxForwarding", ()): (
        "forwarded my_calls where -device -called -calling -missed",
        "forwarded where goes|gets me|for_me -dial -missed",
        "forward|forwarding question -off",
        "forward|forwarding question off -unforward",
        "forward|forwarding question my_calls",
        "forward|forwarding question where|who",
        "my_calls where calls|send|gets|forwarding -called -calling",
        "my_calls where who|goes|rings -called -missed",
        "my_calls who gets me|for_me|question -calling -called -missed",
        "my_calls question|who|what goes -missed -called -rings -through",
        "my_calls question|who|what where -device -missed -called -rings -through",
        "my_calls who gets -rings -calling -called -missed",
        "my_calls who gets question -rings -calling -called -missed",
        "my_calls who anyone gets -called -missed",
        "my_calls anyone gets question -called -missed -calling",
        "forward|forwarding where|who",
    ),
    ("PbxForward", _WHO): (
        "my_calls person|number gets may_i -where -who -off -unforward -unsend -missed -until",
        f"forward my_calls person|number dial|called|calling|rings|speak|goes|gets {_NO_FORWARD}",
        "forward my_calls person|number -question -where -this_call -off -unforward -unsend",
        "send my_calls person|number -question -where -this_call -off -unforward -unsend -come_back",
        "my_calls person|number gets -question -asked -where -who -off -unforward -unsend",
        "my_calls person|number -question -where -who -off -unforward -unsend -missed -dial -talk -no_calls",
        "forwarding person|number -off -question -unforward -unsend -where",
        "forwarding person|number on -off -question -unforward -unsend -where",
        "forward person|number -this_call -talking -off -question -where -who -unforward -unsend -me_through",
    ),
    ("PbxTransfer", _WHO): (
        "transfer|forward this_call|caller|them person|number -my_calls -question -back -me_through -speak",
        "transfer|forward|send this_call|caller person|number talking -my_calls -question -me_through",
        "send this_call|caller person|number -my_calls -question -back -me_through -dial -speak",
        "transfer|forward|send them person|number talking -my_calls -question -me_through -speak",
        "transfer|forward person|number talking -my_calls -question -me -back",
        "?send person|number talking -my_calls -question -me_through -back -dial -speak -voicemail",
        "wants person this_call|them talking -question",
    ),
    ("PbxCallMissedBack", ()): (
        "back missed|missed_call -question -how_many -what -person",
        "back missed|missed_call dial -question -how_many -what -person",
        "dial missed|missed_call -question -how_many -what -person",
        "back missed|missed_call last|last_call|caller|them -question -how_many -person",
        "speak missed|missed_call them|last_call|caller -question -how_many -person",
    ),
    ("PbxCallBack", ()): tuple(
        f"{rule} {_NO_CALL_BACK}"
        for rule in (
            "back dial -how_many -missed -missed_call -may_call_me -no_calls -who",
            "back last_call|caller|called -how_many -missed -missed_call -may_call_me",
            "back this_call|a_call -how_many -missed -missed_call -may_call_me -transfer -forward",
            "back dial them|last|last_call|caller|called -how_many -may_call_me -who",
            "dial caller|last_call -who -how_many -anyone -missed -missed_call",
            "dial last called -who -how_many -anyone -missed -missed_call",
            "speak|me_through caller|last_call -who -missed -missed_call -no_calls",
            "speak|me_through caller|last_call back|again|last|just -missed",
            "talk|speak caller|last_call me -who -was -what -missed -no_calls -ringing",
            "last_call|caller on_phone again|speak|me|them -who -was -what -missed",
            "last_call|caller dial|speak|on_phone again -who -was -what -missed",
        )
    ),
    ("PbxCall", _WHO): (
        f"dial person|number {_NO_CALL}",
        f"dial person|number phone|on_phone|back {_NO_CALL}",
        "dial person|number back|them -question -who -my_calls -forward -not_dial -may_call_me -queue",
        f"speak person|number {_NO_CALL} -may_i",
        f"me_through person|number {_NO_CALL}",
        f"me_through|speak dial person|number {_NO_CALL} -may_i",
        f"please person on_phone|phone {_NO_CALL} -talking -until -duration",
        "asks_for person -who -my_calls -forward -missed -called -transfer -this_call -caller",
    ),
    ("PbxHangUp", ()): (
        "?hangup -later_day -reject -question -who -person -with_whom",
        "hangup phone|this_call -later_day -reject -question -who -person -with_whom -ringing",
        "hangup talking -later_day -question -who -with_whom",
        "end this_call -question -who -person -with_whom -ringing",
        "end this_call talking -question -who -with_whom",
        "?end talking on_phone|phone|caller -question -who -person -number -my_calls -forward -dnd",
    ),
    ("PbxReject", ()): (
        "reject -question -who -person",
        "reject ringing -question -who",
        "not_answer ringing -question",
        (
            "not_answer this_call|phone|caller "
            "-question -who -my_calls -no_calls -quiet -undisturbed -until -duration"
        ),
        "hangup|end ringing -question -who -my_calls -no_calls -dnd -person",
        "?dismiss ringing -question -who -my_calls -no_calls -dnd",
    ),
    ("PbxAnswer", ()): (
        "answer phone|this_call|caller -question -who -not_answer -person -my_calls -dnd -reject",
        "answer ringing -question -who -not_answer -my_calls -dnd -reject",
        "?accept ringing -question -who -not_answer -my_calls -dnd -reject",
        "?speak|talk them ringing -question -who -not_answer -not -person -my_calls -dnd -reject",
    ),
    ("PbxDoNotDisturb", ()): (
        f"reachable asked i_am {_NO_STATE}",
        f"may_call_me asked me {_NO_STATE}",
        "dnd question -person -until -duration",
        "dnd question on|off -person",
        "dnd question me|phone -person",
        "quiet question my_calls|phone -person -until -duration -again",
        "?quiet question phone|me -person -until -duration",
        "?undisturbed question me|for_me|phone -person -until -duration",
        "no_calls question me|phone|my_calls -person -until -duration -missed -queue",
        f"through question calls|my_calls {_NOT_NOW}",
        f"through question calls|my_calls me {_NOT_NOW}",
        "may_call_me question -person -until -duration -again",
        "may_call_me no_calls question -person -until -duration",
    ),
    ("PbxDoNotDisturbOff", ()): tuple(
        f"{rule} -question -person -until -duration -not_before -later_day -not_dial"
        for rule in (
            "dnd off",
            "dnd off again",
            "dnd again",
            "disturb again -undisturbed",
            "reachable again i_am|me|calls|my_calls -forwarding -unforward -asked",
            "reachable i_am -not_answer -ringing -no_calls -undisturbed -forwarding -unforward -asked",
            "may_call_me -no_calls -forward -forwarding -missed -asked",
            "may_call_me again -no_calls -forward -forwarding -missed -asked",
            "may_call_me again back|dial|through -forward -missed -asked",
            "may_call_me my_calls|calls again -unforward -no_calls -forward -forwarding -missed -asked",
            "through again me|i_am|my_calls|calls|phone|anyone -off -unforward -forward -no_calls -asked",
            "my_calls|calls again through|reachable|accept|answer -unforward -forward -no_calls -asked",
            "quiet off again -unforward",
            "?quiet off -unforward",
        )
    ),
    ("PbxDoNotDisturbOn", _TIME): (
        "dnd -question -off -again -person",
        "dnd on -question -off -again -person",
        "dnd until|duration -question -person",
        "undisturbed -question -again -person -who",
        "undisturbed until|duration -question -who",
        "undisturbed phone|on_phone|my_calls -question -again -who -person",
        "undisturbed phone|on_phone|my_calls until|duration -question -who",
        "no_calls -question -may_call_me -off -who -missed -person -ringing",
        "no_calls until|duration -question -may_call_me -who -missed",
        "no_calls calls|my_calls|anyone -question -may_call_me -who -missed -dnd -again",
        "no_calls on_phone|phone|dnd -question -may_call_me -who -missed",
        "no_calls on_phone|phone|calls|my_calls until|duration -question -may_call_me -who -missed",
        "quiet phone|my_calls -question -off -again -who",
        "quiet phone|my_calls until|duration -question -who",
        "quiet until|duration -question -off -again -who -person",
        "quiet me|i_am until|duration -question -off -again -who -person",
        "not_before until phone|my_calls|calls|may_call_me|through|reachable -question -who -person",
        "not_before until again phone|my_calls|calls|may_call_me|through|reachable -question -who -person",
    ),
    ("PbxOnThePhone", _WHO): (
        "person with_whom -dial -called -forward -my_calls",
        "person with_whom talk|on_phone -called -forward -my_calls",
        "person who talk|on_phone -called -forward -my_calls",
    ),
    ("PbxIsFree", _WHO): tuple(
        f"{rule} -later_day -asks_for"
        for rule in (
            "person dnd -dial -my_calls -forward -me",
            "person quiet|no_calls question -until -duration -my_calls -forward",
            "person quiet|no_calls|undisturbed question phone|called|on_phone|dial -until -my_calls -forward",
            "person free question|may_i|finished -queue -my_calls -forward -called",
            "person free -dial -called -my_calls -forward -queue -transfer -speak -dnd",
            "person free question|may_i -called -my_calls -forward -queue",
            "person busy -dial -called -my_calls -forward -transfer -speak -i_am -send",
            "person busy question -called -my_calls -forward",
            "person engaged -called -my_calls -forward -transfer",
            "person talk|on_phone question|finished -called -my_calls -forward -with_whom -dial -speak",
            "person finished question -my_calls -forward",
            "person doing",
            "person may_i -my_calls -forward -called -transfer",
            "person may_i question dial -my_calls -forward -called -transfer -speak",
            "person may_i question busy|engaged|free|talk|on_phone|disturb -my_calls -forward",
            "person disturb|undisturbed|dnd question|may_i -my_calls",
            "person undisturbed|disturb not|wants|no_calls -i_am -me -until -duration -my_calls -forward",
            "person reachable -my_calls -forward -i_am -again -speak -me_through",
            "person reachable question|may_i -my_calls -forward",
            "person free asked -called -forward -dial -speak -me",
            "?person talk -dial -called -my_calls -forward -speak -with_whom -transfer -me_through",
            "?person on_phone question -speak -dial -my_calls -forward -with_whom -called",
        )
    ),
    ("PbxWhoIsCalling", ()): (
        "who calling -how_many -last -missed -called",
        "who calling ringing -how_many -missed",
        "who on_phone|rings|this_call ringing -missed -was",
        "who rings on_phone|phone|ringing|my_calls|this_call|caller -was -missed -missed_call -called -just",
        "who rings ringing -was -missed -called",
        "?who rings -was -missed -missed_call -called",
        "anyone calling -missed -how_many -may_call_me -no_calls -my_calls",
        "anyone calling question -missed -how_many",
        "question calling me|phone -missed",
        "caller question|what|who ringing -last -missed -called -back -dial",
        "rings question phone|on_phone|my_calls -missed -called -just -with_whom",
        "?who ringing -called -queue -missed -was -my_calls -forward -dial",
        "person calling question -dial",
        "with_whom talk talking -person -just -last",
    ),
    ("PbxLastCaller", ()): (
        "last_call -back -dial -missed -missed_call -speak -forward",
        "last_call who|what|was|question -back -missed -missed_call -speak",
        "with_whom just|last talk|on_phone|dial|called -person -ringing",
        "with_whom just|last -person -ringing",
        "who last on_phone -person -ringing",
        "who last called|dial -back -missed",
        "who just called|was|dial -back -missed -person",
        "who was on_phone|rings|called -missed",
        "last called -back -dial -missed -person -how_many -anyone",
    ),
    ("PbxMissedCalls", ()): (
        "missed_call -back -dial -person -queue",
        "missed_call question|who|what|how_many|anyone|check|me -back -queue",
        "missed who|how_many|anyone -back -queue",
        "missed question|what|check -back -queue",
        "missed calls|this_call|phone|my_calls -back -queue",
        "missed calls|called question|who|what|how_many|anyone me -back -queue -person",
    ),
    ("PbxOnThePhone", ()): (
        "anyone on_phone -no_calls -undisturbed -disturb -may_call_me -queue -person -called -calling -was",
        "anyone on_phone question -no_calls -queue -person -called -calling -was -missed",
        "who on_phone -no_calls -queue -person -called -calling -was -me -ringing",
        "anyone talk question -person -called -queue -me",
        "who talk -person -called -calling -queue -me -was -to_me",
    ),
    ("PbxCallers", ()): (
        "who called -back -queue -message -voicemail -last",
        "anyone called -back -queue -message -voicemail",
        "anyone called question -back -queue -message -voicemail",
        f"caller question|what|how_many|check|anyone|who -dial -back -transfer -queue_word {_NO_LIST}",
        "called question -back -queue -message -voicemail -person",
        "person called question|anyone -back -queue -message -voicemail",
        "called how_many -queue -message -voicemail -back",
        "called me question|who|anyone|how_many -queue -message -voicemail -back",
        f"calls question|what|how_many|check|anyone -my_calls {_NO_LIST}",
        f"calls me question|what|how_many|check|anyone -may_call_me {_NO_LIST}",
        "my_calls how_many|check -queue -forward -wait",
    ),
    ("PbxVoicemail", ()): (
        "voicemail -forward -person -dial",
        "voicemail question|check|anyone|how_many|new|what|message -forward",
        "voicemail message|new question|check|anyone|how_many|what -forward",
        "spoken anyone|message|question|voicemail -dial -person",
        "message question|check|how_many|new|anyone|what me|voicemail|for_me|spoken -write",
        "?message question|check|how_many|new|anyone -write -queue",
    ),
    ("PbxQueueWait", _QUEUE): (
        "queue how_long",
        "queue how_long wait|queue_word",
        "queue wait_time",
        "queue wait_time what|how_long|how_many|question",
        "queue wait_time what|how_long|how_many|question wait",
    ),
    ("PbxQueue", _QUEUE): (
        "queue wait|waiting|how_many|crowded|queue_word",
        "queue anyone|who|question|calls|what -dial -transfer -forward -speak -send -called",
        "queue wait|queue_word how_many|anyone|who|question|crowded|calls",
        "queue on_phone anyone|who|how_many",
    ),
    ("PbxQueueWait", ()): (
        "how_long wait queue_word|caller|calls",
        "?wait_time -other",
        "wait_time queue_word|caller|calls|phone",
    ),
    ("PbxQueue", ()): (
        "queue_word how_many|anyone|crowded|who",
        "queue_word how_many|anyone|crowded|who wait|caller|calls|phone|on_phone",
        "wait how_many|anyone caller|calls|phone|on_phone",
        "?wait how_many|anyone|who -person",
    ),
}

RULES = tuple(Rule.parse(intent, text, slots) for (intent, slots), texts in _TABLE.items() for text in texts)
