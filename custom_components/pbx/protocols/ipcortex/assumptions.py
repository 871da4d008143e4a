"""What is assumed of an IPCortex PABX, since neither the developer pages nor public clients tell it."""

from typing import Any

from ..evidence import Assumption
from .decode import decode_names
from .decode_rest import decode_links, decode_switch_names
from .rest import says_why

NAMES, LINKS, REFUSAL = "/rest/dialplan/readnames", "/rest/dialplan/readlink", "refusal"
DEVICE, QUEUE, EXTENSION = "Device", "Queue", "Extension"
_LISTS = ("queues", "extensions", "optOut")


def _has_names(fields: Any) -> bool | None:
    told = [fields[name] for name in _LISTS if fields.get(name)]
    return all(decode_names(value) for value in told) if told else None


def _has_links(answer: Any) -> bool | None:
    values = answer.get("values")
    return bool(decode_links(values)) if values else None


def _has_switch_names(answer: Any) -> bool | None:
    values = answer.get("values")
    return any(decode_switch_names(values).values()) if values else None


ASSUMPTIONS = (
    Assumption(
        id="ipcortex/lists",
        text="Names stand in a list, in an object as its keys, or in a text",
        about=(DEVICE,),
        judge=_has_names,
    ),
    Assumption(
        id="ipcortex/members",
        text="A queue names its devices in `members`",
        about=(QUEUE,),
        judge=lambda fields: bool(fields.get("members")) or None,
    ),
    Assumption(
        id="ipcortex/owner",
        text="Extensions name their owners by id or by login",
        about=(EXTENSION,),
        judge=lambda fields: isinstance(fields["owner"], (str, int)) if fields.get("owner") else None,
    ),
    Assumption(
        id="ipcortex/night-mode-names",
        text="Night modes have their names in the order of their numbers",
        about=(NAMES,),
        judge=_has_switch_names,
    ),
    Assumption(
        id="ipcortex/night-mode-numbers", text="Names of night modes count from 0 and night modes from 1"
    ),
    Assumption(
        id="ipcortex/links",
        text="Links of telephones come by telephone, by user, or singly",
        about=(LINKS,),
        judge=_has_links,
    ),
    Assumption(
        id="ipcortex/refusals",
        text="A refusal says in one of a few words whether it is about the login, a right, or passes",
        about=(REFUSAL,),
        judge=says_why,
    ),
)
