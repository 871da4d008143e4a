"""Answer what belongs to one account: voicemail, presence, additional phones."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .envelope import ExtendError, elements, page
from .extend_auth import Identity
from .extend_calls import TIME
from .extend_people import account_of

if TYPE_CHECKING:
    from .dialect import Extend
    from .server import SwitchvoxSimulator
    from .world import Entry


def _voicemail(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    account = account_of(pbx, params)
    if params.get("folder", "INBOX") != "INBOX":
        raise ExtendError(64125)
    messages = [
        {
            "id": message.id,
            "caller_id": message.caller,
            "date": (message.date + pbx.utc_offset).strftime(TIME),
            "read": "Yes" if message.read else "No",
        }
        for message in account.messages
    ]
    return {"messages": page("message", messages, params, pbx.dialect.extend)}


def _devices(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    account = account_of(pbx, params)
    devices = [
        {
            "id": device.id,
            "label": device.label,
            "rapid_transfer_key": "",
            "authorized": 1,
            "acknowledge_call": 0,
            "number": device.number,
            "outgoing_dialing_prefix": "",
            "phone_model": device.phone_model,
            "converged_account_id": account.account_id,
            "converged_extension": account.number,
            "created_by": "admin",
        }
        for device in account.devices
    ]
    return {"converged_devices": elements("converged_device", devices, pbx.dialect.extend)}


def _presence(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    account = account_of(pbx, params)
    return {"presence": {"presence": account.presence, "sub_presence": account.sub_presence}}


def _options(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    account_of(pbx, params)
    return {"presence_options": elements("presence_option", pbx.world.presence_options, pbx.dialect.extend)}


def _update(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    account = account_of(pbx, params)
    asked = {name: params.get(name, "") for name in ("presence", "sub_presence")}
    if asked["presence"] not in {option["presence"] for option in pbx.world.presence_options}:
        raise ExtendError(10011, "presence")
    account.presence, account.sub_presence = asked["presence"], asked["sub_presence"]
    return {"success": 1}


def _phonebooks(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    account_of(pbx, params)
    books = [{"id": book.id, "name": book.name, "type": "shared"} for book in pbx.world.phonebooks]
    return {"phonebooks": elements("phonebook", books, pbx.dialect.extend)}


def _phonebook(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    account_of(pbx, params)
    if "phonebook_id" not in params:
        raise ExtendError(10011, "phonebook_id")
    book = next((one for one in pbx.world.phonebooks if str(one.id) == str(params["phonebook_id"])), None)
    if book is None:
        raise ExtendError(30546)
    entries = [_render_entry(entry, pbx.dialect.extend) for entry in book.entries]
    shown = elements("phonebook_entry", entries, pbx.dialect.extend)
    return {"phonebook": {"id": book.id, "name": book.name, "phonebook_entries": shown}}


def _render_entry(entry: Entry, dialect: Extend) -> dict[str, Any]:
    """Return an entry with its numbers, of which the first is a member of the entry itself."""
    first, *others = entry.numbers
    extra = [
        {
            "id": index,
            "prefix": "",
            "number": line.number,
            "number_type": line.type,
            "icon_type": line.icon,
            "title": entry.name,
            "source": "entry",
            "hidden": 0,
        }
        for index, line in enumerate(others, start=1)
    ]
    return {
        "id": entry.id,
        "name": entry.name,
        "extension": first.number,
        "number_type": first.type,
        "icon_type": first.icon,
        "extra_numbers": elements("extra_number", extra, dialect),
    }


PERSONAL_METHODS = {
    "users.phonebooks.getList": _phonebooks,
    "users.phonebooks.getInfo": _phonebook,
    "users.voicemail.getList": _voicemail,
    "users.convergedDevices.getList": _devices,
    "users.presence.getInfo": _presence,
    "users.presence.options.getList": _options,
    "users.presence.update": _update,
}
