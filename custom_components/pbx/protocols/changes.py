"""What a session reports, in the order in which it happened."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from .call import Call, Leg, Party
from .enums import CallDirection, EndCause, MomentType, NoticeCode, ObjectKind
from .evolve import init_quickly
from .keys import ObjectKey
from .lazy_dataclass import dataclass
from .model import PbxInfo, PbxObject


@init_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class CallChange:
    """What was reported of one call; None, False and what is empty leave the call as it is known.

    The fields that a call has as well mean the same as there.
    """

    id: str
    direction: CallDirection | None = None
    caller: Party | None = None
    called: Party | None = None
    # Whether `called` is only who rings or the number outside, which counts until more is known.
    called_for_now: bool = False
    called_did: str | None = None
    # Added to the legs of the call; each replaces the one of the same id.
    legs: tuple[Leg, ...] = ()
    tag: str | None = None
    account_code: str | None = None
    queue: str | None = None
    # Added to the details of the call; an empty text removes one, such as the conference that was left.
    details: Mapping[str, str] = field(default_factory=dict)
    # Whether one of these legs answered and all other callees have stopped ringing.
    exclusive: bool = False
    lacks_answer_supervision: bool = False
    # Whether the caller listens to a mailbox, so that only the end tells who has missed the call.
    at_mailbox: bool = False
    # Ends the call.
    end: EndCause | None = None
    # When it began and when it was first answered, by the clock of the PBX; None for when it was reported.
    started: datetime | None = None
    answered: datetime | None = None
    # Whether the PBX reports each phone that rings as a call of its own.
    per_phone: bool = False


@init_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class TransferChange:
    """A call was transferred, or the attempt failed."""

    # Every id that the PBX gave of calls and legs that took part.
    ids: tuple[str, ...]
    # Those of the legs that leave the call, since their party transferred it.
    leaving: tuple[str, ...]
    success: bool
    # To whom it was transferred.
    target: Party
    # By whom, and who was transferred, None where the PBX does not say.
    transferer: Party | None = None
    transferee: Party | None = None
    # Of an attended transfer: a call or leg of the transferee, and the leg of the target, which joins it.
    stays: str | None = None
    joins: str | None = None
    # Whether `ids` name the legs of both who talked, so that any other callee is the target.
    names_both: bool = False


@init_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything that the login can see; what is not in it is gone, but for the kinds that are `unread`."""

    info: PbxInfo
    objects: tuple[PbxObject, ...] = ()
    # The kinds that could not be read, at all or in full, or of which the login cannot list every object: of
    # these what was known stays, and nothing follows from a missing one.
    unread: frozenset[ObjectKind] = frozenset()
    # The open calls, None where those that are known go on unchanged.
    calls: tuple[CallChange, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Upsert:
    """An object is new, or was reported again with all that it has."""

    object: PbxObject


# Every event makes one of these; one that is frozen takes twice as long to fill.
@dataclass(slots=True)
class Patch:
    """Some fields of an object have new values; it is ignored where the object is not known."""

    key: ObjectKey
    # By the names of the model.
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Remove:
    """An object is gone from the PBX."""

    key: ObjectKey
    # Whether the PBX itself has said so, or the session has read twice that it is gone.
    certain: bool = False


@dataclass(frozen=True, slots=True)
class CallsLost:
    """Events were lost, so the calls that were open are unknown now."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person can put right is wrong, or is right again where `active` is False."""

    code: NoticeCode
    active: bool
    # In the words of the PBX; where it is empty, a cure counts for all details of the code.
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CapabilitiesChanged:
    """The `capabilities` of the session are others now."""


@dataclass(slots=True)
class RawEvent:
    """An event in the words of the PBX, for people who want what the model leaves out."""

    type: str
    data: Mapping[str, Any]
    # Whether the session knew what to do with it.
    understood: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DialPlanEvent:
    """The dial plan of the PBX says something, under a name and with fields that its administrator chose."""

    name: str
    fields: Mapping[str, str] = field(default_factory=dict)
    # The id of the call in which it says so, None where in none.
    call: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallQuestion:
    """The dial plan of the PBX asks something about a call, and waits for the answer until a deadline.

    It is answered by the command `answer_call_question`; after the deadline the call goes on by itself.
    """

    id: str
    call: str
    # What is asked, and about what, in words that the administrator of the dial plan chose.
    name: str
    arguments: tuple[str, ...] = ()
    deadline: datetime


@init_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something that happened to one object and passed; state says what is so, a moment what happened."""

    key: ObjectKey
    type: MomentType
    # The call after it, None where it is about none.
    call: Call | None = None
    # What a type needs besides, such as the ids of `user` and `phone` of a hot desk.
    data: Mapping[str, Any] = field(default_factory=dict)


type Change = (
    Snapshot
    | Upsert
    | Patch
    | Remove
    | CallChange
    | TransferChange
    | CallsLost
    | Notice
    | CapabilitiesChanged
    | RawEvent
    | DialPlanEvent
    | CallQuestion
    | Moment
)
