"""Build a PBX that is just large enough for tests."""

from .rights import FULL_RIGHTS, PLAIN_RIGHTS
from .world import (
    Agent,
    Login,
    Mailbox,
    OAuthClient,
    Phone,
    PhoneLink,
    Queue,
    Switch,
    SystemInformation,
    Trunk,
    User,
    World,
)

API_KEY = "8d0a0704a96db1773fcb52db2f3e0979"
ADMIN_LOGIN = ("admin", "adm1n-pässword")
PLAIN_LOGIN = ("anna", "anna-secret")
OAUTH_CLIENT = ("wallboard", "client-secret")


def make_uuid(kind: int, number: int) -> str:
    """Return a uuid that shows what it belongs to."""
    return f"{kind:08x}-0000-4000-8000-{number:012x}"


def phone_uuid(number: int) -> str:
    """Return the uuid of a phone."""
    return make_uuid(2, number)


def small_world() -> World:
    """Return four users, five phones, and a little of everything else."""
    world = World(SystemInformation(uuid=make_uuid(0xA, 1)))
    world.add(Trunk(make_uuid(7, 1), "Provider"))
    _add_phones(world)
    _add_users(world)
    _add_boxes_and_switches(world)
    world.add(
        Queue(
            make_uuid(5, 1),
            "Sales",
            "300",
            [Agent(make_uuid(1, 1)), Agent(make_uuid(1, 2), penalty=1)],
            hold_time=14,
            talk_time=95,
            answered=12,
            aborted=3,
            service_level=80.0,
        )
    )
    add_logins(world)
    return world


def add_logins(world: World) -> None:
    """Add an API key, an admin user, a plain user and an application."""
    world.api_keys.append(API_KEY)
    world.logins["admin"] = Login(*ADMIN_LOGIN, FULL_RIGHTS)
    world.logins["anna"] = Login(*PLAIN_LOGIN, PLAIN_RIGHTS)
    world.oauth_clients["wallboard"] = OAuthClient(*OAUTH_CLIENT)


def _add_phones(world: World) -> None:
    """Add two desk phones, two hot desks and a nameless one in the lobby."""
    world.add(Phone(phone_uuid(1), "desk-anna", "Desk Anna"))
    world.add(Phone(phone_uuid(2), "desk-bjorn", "Desk Björn"))
    world.add(Phone(phone_uuid(3), "hot-1", "Hot desk 1", hot_desk=True))
    world.add(Phone(phone_uuid(4), "hot-2", "Hot desk 2", hot_desk=True))
    world.add(Phone(phone_uuid(5), "lobby", extension="290"))


def _add_users(world: World) -> None:
    """Add one user for each way of having a phone."""
    personal = PhoneLink("phone", phone=phone_uuid(1), personal=True)
    world.add(User(make_uuid(1, 1), "anna", "Anna de Vries", "201", [personal]))
    links = [
        PhoneLink("phone", phone=phone_uuid(2), personal=True),
        PhoneLink("number", number="+31612345678"),
    ]
    world.add(User(make_uuid(1, 2), "bjorn", "Björn Åkesson", "202", links))
    world.add(User(make_uuid(1, 3), "chloe", "Chloé Dubois", "203", [PhoneLink("hot-desk", personal=True)]))
    trunk_link = PhoneLink("trunk number", number="0612345679", trunk=make_uuid(7, 1))
    world.add(User(make_uuid(1, 4), "dave", None, "204", [trunk_link]))


def _add_boxes_and_switches(world: World) -> None:
    """Add two mailboxes, a plain switch, a fixed one and one that holds a text."""
    world.add(Mailbox(make_uuid(3, 1), "201", owner=make_uuid(1, 1), password="1201", new=1, old=2))
    world.add(Mailbox(make_uuid(3, 2), "202", owner=make_uuid(1, 2), password="1202"))
    world.add(Switch(make_uuid(4, 1), "Night mode"))
    world.add(Switch(make_uuid(4, 2), "Holidays", default=True, value=True, can_toggle=False))
    world.add(Switch(make_uuid(4, 3), "Announcement", value=None, text=True))
