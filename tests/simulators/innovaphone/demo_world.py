"""Set up an office in which something goes on."""

from .small_world import guid, small_world, user
from .world import PbxObject, World

PEOPLE = (
    ("dieter", "Dieter Krämer", "Dieter"),
    ("elise", "Élise Martin", "Élise"),
    ("farid", "Farid Haddad", "Farid"),
    ("grete", "Grete Øster", "Grete"),
    ("hannah", "Hannah Müller", "Hannah"),
    # Whom the documentation calls.
    ("anna", "Anna Lindqvist", "Anna"),
)


def demo_world() -> World:
    """Return the small PBX with more people and one more queue."""
    world = small_world()
    for number, (name, cn, dn) in enumerate(PEOPLE, start=4):
        person = world.add(user(number, name, cn, dn, f"0090330000{number:02x}"))
        person.groups = [{"name": "Sales", "mode": "active", "dyn": "in" if number % 2 else "out"}]
    world.add(PbxObject(guid(2, 2), "Sales", "sales", "310", "Sales", "waiting", groups=[{"name": "Sales"}]))
    return world
