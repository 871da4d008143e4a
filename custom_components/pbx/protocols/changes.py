"""What a session reports, in the order in which it happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .enums import CallDirection, EndCause, MomentType, NoticeCode
from .model import Call, Leg, ObjectKey, Party, PbxInfo, PbxObject


@dataclass(frozen=True, slots=True, kw_only=True)
class CallChange:
    """News of one call; fields that are None say nothing new.

    `legs` are added, or replace those of the same id. With `exclusive` all other callees that rang have
    stopped ringing, because one of these legs answered. With `lacks_answer_supervision` the PBX does not
    report when a callee outside answers. `end` ends the call. `started` is when it began, None for now.
    """

    id: str
    direction: CallDirection | None = None
    caller: Party | None = None
    called: Party | None = None
    legs: tuple[Leg, ...] = ()
    tag: str | None = None
    account_code: str | None = None
    queue: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    exclusive: bool = False
    lacks_answer_supervision: bool = False
    end: EndCause | None = None
    started: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferChange:
    """A call was handed on.

    `ids` are all names the PBX gave for calls and legs that took part, `leaving` those of the legs of whoever
    handed it on.
    """

    ids: tuple[str, ...]
    leaving: tuple[str, ...]
    success: bool
    target: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything the session can see; `calls` is None where open calls are known to go on unchanged."""

    info: PbxInfo
    objects: tuple[PbxObject, ...] = ()
    calls: tuple[CallChange, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Upsert:
    """An object is new, or its whole state is known anew."""

    object: PbxObject


@dataclass(frozen=True, slots=True)
class Patch:
    """Some fields of an object have new values."""

    key: ObjectKey
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Remove:
    """An object is gone from the PBX."""

    key: ObjectKey


@dataclass(frozen=True, slots=True)
class CallsLost:
    """Events were lost, so nothing is known of the calls that were open."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person can put right; `active` False says that it is cured."""

    code: NoticeCode
    active: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CapabilitiesChanged:
    """The session can do or show something more, or less, than before."""


@dataclass(frozen=True, slots=True)
class RawEvent:
    """An event in the words of the PBX, for people who want what the model leaves out."""

    type: str
    data: Mapping[str, Any]
    understood: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A thing that happened to one object and passed."""

    key: ObjectKey
    type: MomentType
    call: Call | None = None
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
    | Moment
)
