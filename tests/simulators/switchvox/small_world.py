"""Furnish a small office."""

from datetime import UTC, datetime
from typing import Any

from .world import Account, Device, Member, Message, Queue, World

OWN, PASSWORD = "100", "secret"

PRESENCE_OPTIONS: list[dict[str, Any]] = [
    {"presence": "available", "sub_presence": ""},
    {"presence": "away", "sub_presence": "Lunch"},
    {"presence": "xa", "sub_presence": "Vacation"},
    {"presence": "dnd", "sub_presence": ""},
    {"presence": "chat", "sub_presence": ""},
]


def small_world() -> World:
    """Return a few people, a queue and the usual helpers."""
    anna = Account(
        1101,
        OWN,
        "Anna",
        "Zoë",
        devices=[Device(1, "Desk at home"), Device(2, "Cell phone", "External Number", "5551230000")],
        messages=[
            Message("41", "5557654321", datetime(2026, 3, 1, 9, tzinfo=UTC)),
            Message("40", "5551112222", datetime(2026, 2, 27, 17, tzinfo=UTC), read=True),
        ],
    )
    bert = Account(1102, "101", "Bert", "Bakker", password="bert-secret")
    cara = Account(1103, "102", "Cara", "Çelik", type="zap", password="cara-secret")
    dave = Account(1104, "103", "Dave", "", type="virtual", password="dave-secret")
    sales = Account(1201, "300", "Sales", type="call_queue")
    helpers = [
        Account(1301, "700", "701 thru 799", type="callpark"),
        Account(1302, "800", "Meeting room", type="simple_conference"),
        Account(1303, "850", "Warehouse speakers", type="intercom"),
        Account(1304, "600", "Main menu", type="ivr"),
    ]
    queue = Queue(sales, [Member(anna, logged_in=False), Member(bert, completed_calls=3)], completed=12)
    return World([anna, bert, cara, dave, sales, *helpers], [queue], presence_options=list(PRESENCE_OPTIONS))


def large_world(people: int) -> World:
    """Return the small office grown to this many people."""
    world = small_world()
    world.accounts += [
        Account(5000 + index, str(2000 + index), f"Person {index}") for index in range(people - 4)
    ]
    return world
