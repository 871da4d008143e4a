"""What is assumed of a Switchvox, since the vendor's pages tell only in part what they name."""

from typing import Any

from ..evidence import Assumption
from ..json_fields import get_path
from .decode import decode_phonebooks, decode_presence_options, decode_version
from .decode_calls import LINE_TOPIC, decode_account_id, decode_remotes
from .reader import PHONEBOOKS

OPTIONS, VERSION = "users.presence.options.getList", "info.getSoftwareVersion"


def _has_account(event: Any) -> bool | None:
    return decode_account_id(event["account"]) is not None if "account" in event else None


def _is_account_object(event: Any) -> bool | None:
    return isinstance(event["account"], dict) if "account" in event else None


def _has_named_remotes(event: Any) -> bool | None:
    remotes = event.get("remotes")
    if not remotes:
        return None
    return any(
        remote.number or remote.name or remote.channel for remote in decode_remotes(event, frozenset())
    )


def _has_labelled_conference(event: Any) -> bool | None:
    conference = event.get("conference")
    if not conference:
        return None
    return not isinstance(conference, dict) or bool(
        {"name", "displayName", "extension", "number"} & conference.keys()
    )


def _has_caller_id(event: Any) -> bool | None:
    known = [caller for side in (event, get_path(event, "endpoint")) if (caller := side.get("callerId"))]
    return all({"name", "number"} & caller.keys() for caller in known) if known else None


def _has_milliseconds(event: Any) -> bool | None:
    stamp = event.get("timestamp", event.get("callStart"))
    return stamp > 10**11 if isinstance(stamp, (int, float)) else None


ASSUMPTIONS = (
    Assumption(
        id="switchvox/account",
        text="The account of an event is an object with an id, or the bare id",
        about=(LINE_TOPIC,),
        judge=_has_account,
    ),
    Assumption(
        id="switchvox/account-object",
        text="The account of an event is an object",
        about=(LINE_TOPIC,),
        judge=_is_account_object,
    ),
    Assumption(
        id="switchvox/remotes",
        text="Each of the remotes is a name, an object, or one with an endpoint in it",
        about=(LINE_TOPIC,),
        judge=_has_named_remotes,
    ),
    Assumption(
        id="switchvox/conference",
        text="A conference is a name, or an object with one",
        about=(LINE_TOPIC,),
        judge=_has_labelled_conference,
    ),
    Assumption(
        id="switchvox/caller-id",
        text="A caller ID has a name and a number",
        about=(LINE_TOPIC,),
        judge=_has_caller_id,
    ),
    Assumption(
        id="switchvox/other-side",
        text="Where the remotes name nobody, the own endpoint tells who is on the other side",
    ),
    Assumption(
        id="switchvox/times",
        text="Time stamps are milliseconds",
        about=(LINE_TOPIC,),
        judge=_has_milliseconds,
    ),
    Assumption(
        id="switchvox/presence-options",
        text="The options of a presence are objects with the member `presence`, in any frame",
        about=(OPTIONS,),
        judge=lambda result: bool(decode_presence_options(result)),
    ),
    Assumption(
        id="switchvox/phonebooks",
        text="The phone books of an account are elements `phonebook` with an id, in any frame",
        about=(PHONEBOOKS,),
        judge=lambda result: bool(decode_phonebooks(result)) if result else None,
    ),
    Assumption(
        id="switchvox/version",
        text="The release is the first member whose name has *version* in it",
        about=(VERSION,),
        judge=lambda result: decode_version(result) is not None,
    ),
)
