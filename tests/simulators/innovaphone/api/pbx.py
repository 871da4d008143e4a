"""Answer PbxApi: presence, favourites, node, alien calls, diversions, notifications."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..world import PbxObject, Profile

if TYPE_CHECKING:
    from ..connection import Connection

type Message = dict[str, Any]
type Answer = Message | None
API = "PbxApi"
UNKNOWN = {"error": 2, "errorText": "Object not found"}


def _whom(connection: Connection, message: Message) -> PbxObject | None:
    world = connection.world
    return world.find(h323=message.get("sip", "")) or world.find(e164=message.get("num", ""))


def _user(connection: Connection, message: Message) -> PbxObject | None:
    found = connection.world.find(guid=message.get("guid", "")) or _whom(connection, message)
    return found if connection.user is None or found is connection.user else None


def _subscribe(connection: Connection, message: Message) -> Answer:
    target = _whom(connection, message)
    if target is None:
        return dict(UNKNOWN)
    connection.presence[target.guid] = (target, message)
    connection.result(message, {})
    state = {"up": target.visible, "sip": target.h323, "num": target.e164, "dn": target.dn}
    connection.indicate(API, "PresenceState", message.get("src"), {**state, "email": target.email})
    if target.visible:
        tell_presence(connection, target)
    return None


def tell_presence(connection: Connection, target: PbxObject) -> None:
    """Send the presence of an object to its subscribers."""
    if target.guid not in connection.presence or not target.visible:
        return
    src = connection.presence[target.guid][1].get("src")
    connection.indicate(API, "PresenceUpdate", src, {"presence": [dict(entry) for entry in target.presence]})


def tell_state(connection: Connection, target: PbxObject, *, up: bool) -> None:
    """Tell that a presence monitor went up or down."""
    if target.guid in connection.presence:
        src = connection.presence[target.guid][1].get("src")
        connection.indicate(API, "PresenceState", src, {"up": up, "sip": target.h323})


def _unsubscribe(connection: Connection, message: Message) -> Answer:
    if target := _whom(connection, message):
        connection.presence.pop(target.guid, None)
    return {}


def _set_presence(connection: Connection, message: Message) -> Answer:
    target = _user(connection, message)
    if target is None:
        return dict(UNKNOWN)
    contact = message.get("contact", "tel:")
    connection.office.set_presence(target, message["activity"], message.get("note", ""), contact=contact)
    return {}


def _profiles(connection: Connection) -> list[Profile]:
    owner = connection.user.h323 if connection.user else ""
    return connection.world.profiles.setdefault(owner, [])


def _profile(connection: Connection, number: int | None) -> Profile | None:
    return next((item for item in _profiles(connection) if item.id == number), None)


def _show(profile: Profile) -> Message:
    return {"id": profile.id, "name": profile.name, "contacts": [dict(item) for item in profile.contacts]}


def _subscribe_profile(connection: Connection, message: Message) -> Answer:
    connection.profile = message
    profiles = _profiles(connection)
    return {"profile": _show(profiles[0])} if profiles else {}


def _unsubscribe_profile(connection: Connection, message: Message) -> Answer:
    connection.profile = None
    return {}


def _tell_contact(connection: Connection, name: str, profile: Profile, contact: Message) -> None:
    body = {"profile": {"id": profile.id, "contact": contact}}
    for other in connection.simulator.connections:
        if other.profile is not None and other.user is connection.user:
            other.indicate(API, name, other.profile.get("src"), body)


def _add_profile(connection: Connection, message: Message) -> Answer:
    profiles = _profiles(connection)
    profiles.append(Profile(max((item.id for item in profiles), default=0) + 1, message["name"]))
    return {}


def _delete_profile(connection: Connection, message: Message) -> Answer:
    if profile := _profile(connection, message["id"]):
        _profiles(connection).remove(profile)
    return {}


def _rename_profile(connection: Connection, message: Message) -> Answer:
    if profile := _profile(connection, message["id"]):
        profile.name = message["name"]
    return {}


def _add_contact(connection: Connection, message: Message) -> Answer:
    wanted = connection.faults.new_profile_id
    profile = _profile(connection, message.get("id"))
    if profile is None and wanted != message.get("id", "none"):
        return {"error": 1, "errorText": "no such profile"}
    if profile is None:
        _add_profile(connection, {"name": message.get("name", "")})
        profile = _profiles(connection)[-1]
    sent = message["contact"]
    number = max((item["id"] for item in profile.contacts), default=0) + 1
    contact = {"id": number, "name": sent.get("sip", ""), "num": sent.get("num", ""), "presence": True}
    contact |= {"dsp": sent.get("dn", ""), "dialog": True, "ext": connection.faults.contact_ext}
    profile.contacts.append(contact)
    if profile is _profiles(connection)[0]:
        _tell_contact(connection, "ProfileContactAdded", profile, contact)
    return {}


def _delete_contact(connection: Connection, message: Message) -> Answer:
    profile = _profile(connection, message["id"])
    if profile is not None:
        number = message["contact"].get("id")
        profile.contacts[:] = [item for item in profile.contacts if item["id"] != number]
        _tell_contact(connection, "ProfileContactDeleted", profile, {"id": number})
    return {}


def _update_contact(connection: Connection, message: Message) -> Answer:
    for contact in ((profile := _profile(connection, message["id"])) and profile.contacts) or ():
        if contact["id"] == message["contact"].get("id"):
            # What is left out is gone.
            contact.clear()
            contact.update(message["contact"])
    return {}


def _node(connection: Connection, message: Message) -> Answer:
    node = connection.world.node
    return {
        "name": node.name,
        "prefix_intl": node.prefix_intl,
        "prefix_ntl": node.prefix_ntl,
        "prefix_subs": node.prefix_subs,
        "country_code": node.country_code,
    }


def _add_alien_call(connection: Connection, message: Message) -> Answer:
    if connection.user is None:
        return {"error": 1}
    number = next(connection.world.alien_numbers)
    connection.world.alien_calls[number] = connection.user.h323
    connection.office.mark_on_call(connection.user, on=True)
    return {"id": number}


def _delete_alien_call(connection: Connection, message: Message) -> Answer:
    calls = connection.world.alien_calls
    if connection.user is None or calls.pop(message["id"], None) is None:
        return {"error": 3, "errorText": "no such call"}
    if connection.user.h323 not in calls.values():
        connection.office.mark_on_call(connection.user, on=False)
    return {}


def _from_14r1(work: Callable[[Connection, Message, PbxObject], Answer]) -> Any:
    """Stay silent on older firmware, and refuse who is not there."""

    def handler(connection: Connection, message: Message) -> Answer:
        if not connection.faults.diversions:
            return None
        target = _user(connection, message)
        return work(connection, message, target) if target is not None else {"error": "not found"}

    return handler


def _add_diversion(connection: Connection, message: Message, target: PbxObject) -> Answer:
    ends = {"num": message.get("ep-num"), "sip": message.get("ep-sip")}
    target.diversions[message["type"]] = {key: value for key, value in ends.items() if value}
    connection.office.tell("row", target)
    return {"ok": True}


def _delete_diversion(connection: Connection, message: Message, target: PbxObject) -> Answer:
    target.diversions.pop(message["type"], None)
    connection.office.tell("row", target)
    return {"ok": True}


def _get_diversion(connection: Connection, message: Message, target: PbxObject) -> Answer:
    return dict(target.diversions.get(message["type"], {}))


def _notify(connection: Connection, message: Message, target: PbxObject) -> Answer:
    return {}


HANDLERS: dict[str, Callable[[Connection, Message], Answer]] = {
    "SubscribePresence": _subscribe,
    "UnsubscribePresence": _unsubscribe,
    "SetPresence": _set_presence,
    "SubscribeProfile": _subscribe_profile,
    "UnsubscribeProfile": _unsubscribe_profile,
    "AddProfile": _add_profile,
    "DelProfile": _delete_profile,
    "UpdateProfile": _rename_profile,
    "AddProfileContact": _add_contact,
    "DelProfileContact": _delete_contact,
    "UpdateProfileContact": _update_contact,
    "GetNodeInfo": _node,
    "AddAlienCall": _add_alien_call,
    "DelAlienCall": _delete_alien_call,
    "AddDiversion": _from_14r1(_add_diversion),
    "DelDiversion": _from_14r1(_delete_diversion),
    "GetDiversion": _from_14r1(_get_diversion),
    "AppNotify": _from_14r1(_notify),
}
