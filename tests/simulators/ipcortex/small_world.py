"""Build a PABX that is just large enough for tests."""

from .world import Address, Contact, Device, Mailbox, Queue, User, World

ADMIN = ("hass", "sécret-1")
PLAIN = ("anna", "anna-pass")
KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
ADMIN_PERMS = {"admin": "yes", "billing": "yes", "nightmode": "company"}


def small_world() -> World:
    """Return three people, four lines, a queue, two mailboxes and two named night modes."""
    world = World()
    _people(world)
    for device in (
        Device("SIP/anna", "Anna's desk", "201", 11, "020123456aba", "020123456aba0", "201@default"),
        Device("SIP/bjorn", "Björn's desk", "202", 12, "020123456abb", "020123456abb0", "202@default"),
        Device("SIP/hass", "House", "210", 10, "020123456abc", "020123456abc0"),
        Device("SIP/hass2", "House, second line", "211", 10, "020123456abc", "020123456abc0"),
    ):
        world.devices[device.name] = device
    world.devices["SIP/anna"].queues = {"sales": "in"}
    world.devices["SIP/bjorn"].queues = {"sales": "out"}
    world.devices["SIP/bjorn"].opt_out = ["300"]
    world.queues["sales"] = Queue("sales", "300", ["SIP/anna", "SIP/bjorn"])
    world.mailboxes["201@default"] = Mailbox("201@default", "Anna", read=2, unread=1)
    world.mailboxes["202@default"] = Mailbox("202@default", "Björn")
    world.addresses["a1"] = Address("a1", "Customer", "+441234567890")
    world.addresses["a2"] = Address("a2", "Björn Åkesson", "202", "system")
    world.night_modes["default"] = ["sched", "off"] + ["off"] * 8
    world.night_names["default"] = ["Office hours", None, "Holidays"]
    world.calendar["default"] = []
    world.links = {"020123456aba0": {"type": "link", "user": "anna"}}
    return world


def _people(world: World) -> None:
    users = (
        User(10, *ADMIN, "House", perms=ADMIN_PERMS, key=KEY, extension="210", phone_id="020123456abc0"),
        User(11, *PLAIN, "Anna Archer", extension="201", phone_id="020123456aba0"),
        User(12, "bjorn", "bjorn-pass", "Björn Åkesson", extension="202", phone_id="020123456abb0"),
    )
    for user in users:
        world.users[user.login] = user
        world.contacts[user.id] = Contact(user.id, user.name, user.login)
    world.contacts[11].show = "online"
