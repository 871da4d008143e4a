"""Set up a small PBX: three people, a waiting queue, two Boolean objects."""

from .world import AppObject, BooleanObject, PbxObject, World

APP = "homeassistant"
APP_PASSWORD = "s3cret-pw"
ALL_APIS = {"PbxApi", "RCC", "PbxTableUsers", "PbxAdminApi", "PbxAccountApi"}


def guid(kind: int, number: int) -> str:
    """Return an id as the PBX makes them: 32 hex digits."""
    return f"{kind:02x}{number:010x}c0ffee00505600a2cdef"[:32].ljust(32, "0")


def user(number: int, h323: str, cn: str, dn: str, *hardware: str) -> PbxObject:
    """Return a person with one device for each hardware id, the first of which is registered."""
    return PbxObject(
        guid=guid(1, number),
        cn=cn,
        dn=dn,
        h323=h323,
        e164=str(200 + number),
        password=f"{h323}pw",
        email=f"{h323}@example.com",
        regs=list(hardware[:1]),
        devices=[{"hw": item, "text": f"Phone {item}"} for item in hardware],
        presence=[{"contact": "im:", "status": "open", "activity": "", "note": ""}],
        apps={APP},
    )


def small_world() -> World:
    """Return a world in which everything is there once, or twice where that matters."""
    world = World()
    world.apps[APP] = AppObject(APP, APP_PASSWORD, set(ALL_APIS))
    alice = world.add(user(1, "alice", "Alice Example", "Alice Ä", "009033aabbcc"))
    bjorn = world.add(user(2, "bjorn", "Björn Weiß", "Björn", "bjorn-ip112", "bjorn-softphone"))
    world.add(user(3, "chloe", "Chloé Dubois", "", "chloe-dect"))
    world.add(
        PbxObject(guid(2, 1), "Hotline", "hotline", "300", "Hotline", "waiting", groups=[{"name": "Support"}])
    )
    world.add(PbxObject(guid(3, 1), "Voicemail", "voicemail", "400", pseudo="vm"))
    alice.groups = [{"name": "Support", "mode": "active", "dyn": "in"}]
    bjorn.groups = [{"name": "Support", "mode": "active", "dyn": "out"}]
    world.add_boolean(BooleanObject(guid(4, 1), "Night service", reason="automatic"))
    world.add_boolean(BooleanObject(guid(4, 2), "Holidays", on=True))
    world.licences = [{"name": "Port", "version": "14", "count": "100", "used": "3"}]
    return world
