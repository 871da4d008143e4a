"""Build a plausible office for demonstrations."""

from .small_world import add_logins, make_uuid
from .world import (
    Agent,
    Mailbox,
    Phone,
    PhoneLink,
    Queue,
    Switch,
    SystemInformation,
    Trunk,
    User,
    World,
)

TRUNK = make_uuid(7, 1)
PEOPLE = (
    ("anna", "Anna de Vries", "11"),
    ("bjorn", "Björn Åkesson", "12"),
    ("chloe", "Chloé Dubois", "13"),
    ("dieter", "Dieter Müßig", "14"),
    ("eszter", "Eszter Gőz", "15"),
    ("fatima", "فاطمة الزهراء", "16"),
    ("giulia", "Giulia D'Angelo", "17"),
    ("haruto", "佐藤 陽翔", "18"),
    ("iveta", "Iveta Žáková", "19"),
    ("joao", "João Gonçalves", "20"),
    ("kasper", "Kasper Søndergård", "21"),
    ("warehouse", None, "30"),
)
PHONES = (
    ("desk-anna", "Desk Anna", False, None),
    ("desk-bjorn", "Desk Björn", False, None),
    ("desk-chloe", "Desk Chloé", False, None),
    ("desk-dieter", "Desk Dieter", False, None),
    ("desk-eszter", "Desk Eszter", False, None),
    ("dect-eszter", "DECT Eszter", False, None),
    ("desk-fatima", "Desk Fatima", False, None),
    ("hot-window", "Hot desk window", True, None),
    ("hot-corner", "Hot desk corner", True, None),
    ("hot-attic", "Hot desk attic", True, None),
    ("warehouse", "Warehouse (shared)", False, None),
    ("reception", "Reception (shared)", False, "10"),
    ("door", None, False, "90"),
)
HOT_DESK_USERS = ("giulia", "haruto", "iveta")
SHARED = {"warehouse": ("warehouse",), "kasper": ("warehouse", "reception"), "anna": ("reception",)}


def demo_world() -> World:
    """Return twelve users, thirteen phones, four mailboxes, three switches and two queues."""
    world = World(SystemInformation(uuid=make_uuid(0xA, 2)))
    world.add(Trunk(TRUNK, "Provider"))
    for number, (username, name, hot_desk, extension) in enumerate(PHONES, 1):
        world.add(Phone(make_uuid(2, number), username, name, hot_desk=hot_desk, extension=extension))
    for number, (username, full_name, extension) in enumerate(PEOPLE, 1):
        world.add(User(make_uuid(1, number), username, full_name, extension, _links(world, username)))
    _add_boxes(world)
    _add_queues(world)
    add_logins(world)
    return world


def _links(world: World, username: str) -> list[PhoneLink]:
    """Return the phones of a user: his own, shared ones, a hot desk, numbers."""
    own = [
        PhoneLink("phone", phone=phone.uuid, personal=True)
        for phone in world.phones.values()
        if phone.username in {f"desk-{username}", f"dect-{username}"}
    ]
    shared = [PhoneLink("phone", phone=world.phone(name).uuid) for name in SHARED.get(username, ())]
    others = {
        **{name: [PhoneLink("hot-desk", personal=True)] for name in HOT_DESK_USERS},
        "bjorn": [PhoneLink("number", number="+31612345601", personal=True)],
        "joao": [PhoneLink("trunk number", number="0612345602", trunk=TRUNK, personal=True)],
    }
    return [*own, *shared, *others.get(username, [])]


def _add_boxes(world: World) -> None:
    """Add mailboxes, one of them nobody's own, and switches."""
    for number, username in enumerate(("anna", "bjorn", "chloe"), 1):
        user = world.user(username)
        world.add(Mailbox(make_uuid(3, number), user.extension, owner=user.uuid, password=f"1{number}23"))
    world.add(Mailbox(make_uuid(3, 4), "900", new=2, old=5, urgent=1))
    world.add(Switch(make_uuid(4, 1), "Night mode"))
    world.add(Switch(make_uuid(4, 2), "Office hours", default=True, value=True))
    world.add(Switch(make_uuid(4, 3), "Announcement", value=None, text=True))


def _add_queues(world: World) -> None:
    """Add two queues with their agents."""
    sales = [Agent(world.user(name).uuid) for name in ("anna", "bjorn", "eszter")]
    support = [Agent(world.user(name).uuid) for name in ("chloe", "dieter")]
    support[1].penalty = 5
    first = Queue(make_uuid(5, 1), "Sales", "80", sales, hold_time=21, talk_time=154, service_level=91.5)
    first.answered, first.aborted = 37, 4
    world.add(first)
    world.add(Queue(make_uuid(5, 2), "Ondersteuning België", "81", support, hold_time=64, talk_time=412))
