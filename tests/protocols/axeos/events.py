"""Events as the vendor page describes them."""

from typing import Any

ENVELOPE = {"seq": 7, "timestamp": "2026-03-02T09:00:00Z"}
CALLER = {
    "trunk_uuid": "trunk",
    "number": "0201234567",
    "name": "Customer",
    "normalized_number": "+31201234567",
    "original_number": "31201234567",
}
INSIDE = {"user_uuid": "anna", "phone_uuid": "desk-anna", "number": "201", "name": "Anna"}
CALL = {
    "event_tag": "reception",
    "unique_id": "1700000000.1",
    "account_code": "sales",
    "called_did": "31200000000",
    "called_extension": "200",
    "caller": CALLER,
}
TARGETS = [
    {"unique_id": "1700000000.2", "user_phone_type": "phone", "user_uuid": "anna", "phone_uuid": "desk-anna"},
    {"unique_id": "1700000000.3", "user_phone_type": "hot-desk", "user_uuid": "bert", "phone_uuid": "lobby"},
    {
        "unique_id": "1700000000.4",
        "user_phone_type": "number on trunk",
        "user_uuid": "cara",
        "trunk_uuid": "trunk",
        "number": "0612345678",
    },
]
PARTNER = {"account_code": "", "number": "201", "name": "< unknown >"}
BLIND = {
    "status": "success",
    "transfer_extension": "202",
    "transferer": {"unique_id": "1700000000.2", "linked_id": "1700000000.1", **PARTNER},
    "transferee": {"unique_id": "1700000000.1", "linked_id": "1700000000.2", **PARTNER},
}
ATTENDED = {
    "status": "success",
    "transferer": {"unique_id_1": "a.1", "unique_id_2": "a.2", "linked_id_1": "b.1", "linked_id_2": "b.2"},
    "transferee": {"unique_id": "c.1", "linked_id": "c.2", **PARTNER},
    "transfer_target": {"unique_id": "d.1", "linked_id": "d.2", "number": "202", "name": "Bert"},
}


def event(name: str, *parts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return an event of this name, made of parts and fields."""
    body: dict[str, Any] = {}
    for part in parts:
        body |= part
    return ENVELOPE | {"event_type": name} | body | fields


def without(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return the fields but for some."""
    return {name: value for name, value in fields.items() if name not in names}
