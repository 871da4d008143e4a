"""Answer who is there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .envelope import ExtendError, elements, page
from .extend_auth import Identity
from .world import Account

if TYPE_CHECKING:
    from .server import SwitchvoxSimulator

_TYPE_NAMES = {"sip": "SIP Extension", "zap": "Analog Extension", "virtual": "Virtual Extension"}


def record(pbx: SwitchvoxSimulator, account: Account) -> dict[str, Any]:
    """Return what the PBX says of an extension."""
    queue = next((queue for queue in pbx.world.queues if queue.account is account), None)
    described = {
        "number": account.number,
        "status": 1,
        "account_id": account.account_id,
        "display": account.display,
        "type": account.type,
        "type_display": _TYPE_NAMES.get(account.type, account.type),
        "first_name": account.first_name,
        "last_name": account.last_name,
        "email_address": "",
        "template_id": 1,
        "date_created": "2009-02-10 14:18:16",
        "can_dial_from_ivr": 1,
    }
    if pbx.dialect.extend.server_uuid:
        described["server_uuid"] = pbx.world.server_uuid
    if queue is not None:
        described |= {
            "member_count": len(queue.members),
            "strategy": queue.strategy,
            "call_queue_name": account.display,
        }
    return described


def account_of(pbx: SwitchvoxSimulator, params: Mapping[str, Any], name: str = "account_id") -> Account:
    """Return the account that a request names."""
    value = params.get(name)
    if value is None:
        raise ExtendError(66939 if name == "account_id" else 10011, name)
    if not str(value).isdigit():
        raise ExtendError(10014)
    account = pbx.world.by_id(value)
    if account is None:
        raise ExtendError(84711)
    return account


def _my_info(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    if params:
        raise ExtendError(10013)
    if identity.account is None:
        raise ExtendError(30546)
    return {"extension": record(pbx, identity.account)}


def _search(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    types = params.get("extension_types")
    found = [record(pbx, item) for item in pbx.world.accounts if types is None or item.type in types]
    return {"extensions": page("extension", found, params, pbx.dialect.extend)}


def _info(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    numbers, ids = params.get("extensions", []), [str(item) for item in params.get("account_ids", [])]
    if not numbers and not ids:
        raise ExtendError(10011, "extensions")
    if any(not set(number) <= set("0123456789*") for number in numbers):
        raise ExtendError(10010)
    found = [
        record(pbx, item)
        for item in pbx.world.accounts
        if item.number in numbers or str(item.account_id) in ids
    ]
    return {"extensions": elements("extension", found, pbx.dialect.extend)}


def _directory(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    people = [
        {
            "number": item.number,
            "display": item.display,
            "type": item.type,
            "first_name": item.first_name,
            "last_name": item.last_name,
            "location": "",
            "account_id": item.account_id,
        }
        for item in pbx.world.accounts
    ]
    return {"directory": {"extensions": page("extension", people, params, pbx.dialect.extend)}}


def _version(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    return {"software_version": {"version": pbx.world.version}}


PEOPLE_METHODS = {
    "users.getMyInfo": _my_info,
    "extensions.search": _search,
    "extensions.getInfo": _info,
    "users.extensions.getInfo": _info,
    "directories.getExtensionList": _directory,
    "info.getSoftwareVersion": _version,
    "users.info.getSoftwareVersion": _version,
}
