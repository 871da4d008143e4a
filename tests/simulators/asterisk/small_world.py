"""The office that most tests are about."""

from .world import ANYTHING, Endpoint, Mailbox, ManagerUser, Member, Queue, World

LOGIN = ("homeassistant", "gehe1m-99")
READ = {"system", "call", "agent", "user", "agi", "reporting"}
WRITE = READ | {"originate", "message"}
UUID = "6f1f2d6e-0c3b-4a55-9d0e-2b8f6a1c7e55"
PEOPLE = {
    "201": "Anna Archer",
    "202": "Björn Berg",
    "203": "Carla Conti",
    "204": "Dora Diaz",
    "206": "Émile Faure",
}
MAILBOXES = ("201", "202", "204")
AGENTS = ("201", "202")
TRUNK = "trunk"


def small_world(flavour: str = "freepbx") -> World:
    """Return five people with a telephone each, a mailbox for some, a queue, a group and a trunk."""
    names = PEOPLE | {"205": "Lobby"}
    endpoints = {
        number: Endpoint(
            number,
            name,
            contact=f"sip:{number}@192.0.2.{number}:5060",
            user_agent="Yealink SIP-T54W 96.86.0.100",
            mailbox=f"{number}@default" if number in MAILBOXES else "",
        )
        for number, name in sorted(names.items())
    }
    endpoints[TRUNK] = Endpoint(TRUNK, contact="sip:provider.example:5060", is_trunk=True)
    is_freepbx = flavour == "freepbx"
    hints = {number: _hint(number, with_dnd=is_freepbx) for number in PEOPLE}
    hints |= {"*280": "Custom:DAYNIGHT0"} if is_freepbx else {"850": "Custom:door"}
    members = [Member(f"PJSIP/{number}", PEOPLE[number]) for number in AGENTS]
    return World(
        users={
            LOGIN[0]: ManagerUser(LOGIN[1], set(READ), set(WRITE)),
            "admin": ManagerUser("all of it", set(ANYTHING), set(ANYTHING)),
            "reader": ManagerUser("only reading", {"system", "call", "agent", "user"}, {"reporting"}),
        },
        endpoints=endpoints,
        hints=hints,
        hint_context="ext-local" if is_freepbx else "from-internal",
        # The second one is a loudspeaker, which takes calls by itself.
        groups={"300": ["201", "202", "203"], "850": ["205"]},
        queues={"sales": Queue("sales", members)},
        queue_extensions={"400": "sales"},
        mailboxes={f"{number}@default": Mailbox(old=2 if number == "201" else 0) for number in MAILBOXES},
        database=_database() if is_freepbx else {"/pbx/UUID": UUID},
    )


def _hint(number: str, *, with_dnd: bool) -> str:
    devices = f"PJSIP/{number}&Custom:DND{number}" if with_dnd else f"PJSIP/{number}"
    return f"{devices},CustomPresence:{number}"


def _database() -> dict[str, str]:
    entries = {"/pbx/UUID": UUID, "/DAYNIGHT/C0": "DAY"}
    for number, name in PEOPLE.items():
        voicemail = "default" if number in MAILBOXES else "novm"
        user = {"cidname": name, "cidnum": number, "device": number, "voicemail": voicemail, "ringtimer": "0"}
        device = {"user": number, "default_user": number, "type": "fixed", "dial": f"PJSIP/{number}"}
        entries |= {f"/AMPUSER/{number}/{key}": value for key, value in user.items()}
        entries |= {f"/DEVICE/{number}/{key}": value for key, value in device.items()}
    entries["/CW/201"] = "ENABLED"
    # The telephone in the lobby is nobody's, until somebody logs in there.
    return entries | {"/DEVICE/205/type": "adhoc", "/DEVICE/205/user": "none"}
