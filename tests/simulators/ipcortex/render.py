"""Render the objects of the world with the attributes that the text names."""

from collections.abc import Callable
from typing import Any

from .world import Call, Contact, World


def call(item: Call) -> dict[str, Any]:
    """Render a call."""
    return {
        "uid": item.uid,
        "id": item.id,
        "cid": f"c{item.uid}",
        "name": item.name,
        "number": item.number,
        "label": item.name or item.number,
        "qname": item.name if item.queue is not None else None,
        "qnumber": item.number if item.queue is not None else None,
        "stamp": item.stamp,
        "start": item.start,
        "inq": item.inq,
        "outq": None,
        "qcall": item.queue is not None,
        "device": item.device or None,
        "party": item.party,
        "features": ["hold", "talk"],
        "state": item.state,
        "nrState": item.near_state or item.state,
        "extension": item.extension or None,
        "dtmfString": "".join(item.heard),
    }


def device(world: World, key: str) -> dict[str, Any]:
    """Render a device with its calls."""
    item = world.devices[key]
    return {
        "name": item.name,
        "label": item.label,
        "extension": item.extension,
        "extensions": [item.extension],
        "queues": dict(item.queues),
        "optOut": list(item.opt_out),
        "mailbox": item.mailbox,
        "phone": item.phone,
        "ownerID": item.owner,
        "mac": item.mac,
        "features": list(item.features),
        "state": item.state,
        "blf": item.blf,
        "webrtc": False,
        "webrtcState": "none",
        "autoanswer": False,
        "autohold": False,
        "calls": [call(each) for each in item.calls],
    }


def queue(world: World, key: str) -> dict[str, Any]:
    """Render a queue with who waits."""
    item = world.queues[key]
    return {
        "name": item.name,
        "extension": item.extension,
        "depth": len(item.waiting),
        "members": list(item.members),
        "calls": [call(each) for each in item.waiting],
    }


def mailbox(world: World, key: str) -> dict[str, Any]:
    """Render a mailbox."""
    item = world.mailboxes[key]
    return {"name": item.name, "label": item.label, "read": item.read, "unread": item.unread}


def contact(world: World, key: int | str) -> dict[str, Any]:
    """Render a contact with the lamp of their devices."""
    item = world.contacts[int(key)]
    return {
        "cID": item.cid,
        "name": item.name,
        "uname": item.uname,
        "company": item.company,
        "companyName": item.company.title(),
        "email": f"{item.uname}@example.com",
        "canCall": True,
        "canChat": bool(item.show),
        "canTag": False,
        "chatID": None,
        "tags": list(item.tags),
        "states": {},
        "show": item.show,
        "blf": _lamp(world, item),
    }


def _lamp(world: World, item: Contact) -> int:
    lamps = [each.blf for each in world.devices.values() if each.owner == item.cid]
    return max(lamps, default=0)


def extension(world: World, key: str) -> dict[str, Any]:
    """Render the extension of a device."""
    item = world.device(key)
    queues = [each for each in world.queues.values() if each.extension == key]
    owner = item.owner if item is not None else None
    return {
        "extension": key,
        "number": key,
        "name": item.label if item is not None else f"Queue {queues[0].name}" if queues else key,
        "owner": owner,
        "canOpt": item is None,
        "company": "default",
        "contacts": [owner] if owner is not None else [],
        "ddis": [],
        "type": "phone",
        "blf": item.blf if item is not None else 0,
    }


def phone(world: World, key: str) -> dict[str, Any]:
    """Render a telephone with its lines."""
    devices = [item for item in world.devices.values() if item.phone == key]
    return {
        "name": key,
        "ownerID": devices[0].owner if devices else None,
        "lines": len(devices),
        "deviceNames": [item.name for item in devices],
        "extensions": [item.extension for item in devices],
        "mac": devices[0].mac if devices else None,
        "features": ["hold"],
    }


def address(world: World, key: str) -> dict[str, Any]:
    """Render an entry of the address book."""
    item = world.addresses[key]
    return {
        "key": item.key,
        "name": item.name,
        "number": item.number,
        "group": item.group,
        "email": None,
        "isMe": False,
        "canCall": True,
        "canChat": False,
        "tags": list(item.tags),
    }


RENDER: dict[str, Callable[[World, Any], dict[str, Any]]] = {
    "Device": device,
    "Queue": queue,
    "Mailbox": mailbox,
    "Contact": contact,
    "Extension": extension,
    "Phone": phone,
    "Address": address,
}
