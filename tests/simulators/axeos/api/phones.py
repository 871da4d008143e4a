"""Answer requests about phones."""

from typing import Any

from ..dialect import Dialect
from ..endpoint import Endpoint, flag
from ..exchange import Answer, Exchange, not_found
from ..phone_status import status_text
from ..world import Phone

OBSOLETE = {"mobile_logins_enabled", "mobile_user"}
REPLACED = {"hot_desk", "hot_desk_user"}


def describe_phone(phone: Phone, dialect: Dialect, *, status: bool) -> dict[str, Any]:
    """Return a phone as the API shows it."""
    fields: dict[str, Any] = {
        "uuid": phone.uuid,
        "name": phone.name,
        "type": phone.type,
        "hot_desk": phone.hot_desk,
        "phone_username": phone.username,
        "mobile_logins_enabled": phone.hot_desk,
    }
    if status:
        fields |= {
            "status_code": phone.status_code,
            "status": status_text(phone.status_code),
            "hot_desk_user": phone.hot_desk_user,
            "mobile_user": phone.hot_desk_user,
        }
    hidden = dialect.hidden_fields(OBSOLETE, REPLACED)
    if not dialect.status_text:
        hidden = hidden | {"status"}
    return {name: value for name, value in fields.items() if name not in hidden}


async def list_phones(exchange: Exchange) -> Answer:
    """Return all phones."""
    dialect, status = exchange.pbx.faults.dialect, "status" in exchange.query
    phones = exchange.pbx.world.phones.values()
    return Answer([describe_phone(phone, dialect, status=status) for phone in phones])


async def get_phone(exchange: Exchange) -> Answer:
    """Return one phone and its status."""
    phone = exchange.pbx.world.phones.get(exchange.path["uuid"])
    if phone is None:
        raise not_found("Phone")
    return Answer(describe_phone(phone, exchange.pbx.faults.dialect, status=True))


ENDPOINTS = (
    Endpoint("GET", "/apis/pbx/phones", list_phones, query={"status": flag}, right="phones"),
    Endpoint("GET", "/apis/pbx/phones/{uuid}", get_phone, right="phones"),
)
