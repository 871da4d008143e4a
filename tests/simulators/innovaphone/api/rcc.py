"""Answer RCC: who is there, their calls, and the control of calls."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..engine import NORMAL
from ..leg import Leg
from ..world import PbxObject

if TYPE_CHECKING:
    from ..connection import Connection

type Message = dict[str, Any]
type Answer = Message | None
API = "RCC"
TICK = 0.02
LARGEST_TICK = 50


@dataclass(slots=True)
class Monitor:
    """Hold a user handle."""

    owner: PbxObject
    request: Message


def user_info(connection: Connection, item: PbxObject) -> Message:
    """Return the complete record of an object; counts of nothing are left out."""
    legs = connection.engine.legs_of(item)
    ringing = sum(leg.rings for leg in legs)
    busy = len([leg for leg in legs if not leg.rings and not (leg.incoming and leg.state < 4)])
    world, faults = connection.world, connection.faults
    counts: Message = {"alert": ringing, "channel": busy} if faults.send_alert else {}
    if faults.alert_as_bool:
        counts = {name: bool(value) for name, value in counts.items()}
    return {
        "guid": item.guid,
        "cn": item.cn,
        "dn": item.dn,
        "h323": item.h323,
        "e164": item.e164,
        "node": world.node.name,
        "pbx": world.pbx,
        "pseudo": item.pseudo or None,
        "regs": [{"hw": hardware} for hardware in item.regs] or None,
        **{name: value or None for name, value in counts.items()},
    }


def _initialize(connection: Connection, message: Message) -> Answer:
    connection.initialized = message
    connection.simulator.tasks.spawn(_announce(connection, message))
    return None


async def _announce(connection: Connection, message: Message) -> None:
    """Send everybody, some at a time, with one update in between as really happens."""
    limit = min(message.get("limit", LARGEST_TICK), LARGEST_TICK)
    items = connection.scope
    for start in range(0, len(items), limit):
        for item in items[start : start + limit]:
            connection.indicate(API, "UserInfo", message.get("src"), user_info(connection, item))
        if start == 0 and items and connection.faults.interleave:
            tell_user(connection, items[0])
        if start + limit < len(items):
            await connection.simulator.clock.sleep(TICK)
    if message.get("calls"):
        for leg in [leg for call in connection.engine.calls for leg in call.legs]:
            _call_add(connection, leg)
    connection.result(message, {})


def tell_user(connection: Connection, item: PbxObject, update: str = "mod") -> None:
    """Tell the new state of an object that is in view."""
    request = connection.initialized
    if request is not None and (item in connection.scope or update == "del"):
        body = {"update": update, **user_info(connection, item)}
        connection.indicate(API, "UserInfo", request.get("src"), body)


def _user_initialize(connection: Connection, message: Message) -> Answer:
    owner = connection.world.find(cn=message["cn"])
    if owner is None or not owner.rcc_handle or owner.h323 in connection.faults.handle_zero:
        return {"user": 0}
    if connection.user is not None and owner is not connection.user:
        return {"user": 0}
    handle = next(connection.numbers)
    connection.monitors[handle] = Monitor(owner, message)
    node = connection.world.node
    prefixes = {"prefixIntl": node.prefix_intl, "prefixNtl": node.prefix_ntl, "prefixSubs": node.prefix_subs}
    connection.result(message, {"user": handle, **prefixes, "area": node.area, "country": node.country_code})
    if connection.faults.replay_calls:
        for leg in connection.engine.legs_of(owner):
            _tell(connection, handle, leg, "update", {})
    return None


def _user_end(connection: Connection, message: Message) -> Answer:
    connection.monitors.pop(message["user"], None)
    return {}


def _devices(connection: Connection, message: Message) -> Answer:
    item = connection.world.find(cn=message["cn"])
    return {"devices": [dict(device) for device in item.devices] if item else []}


def tell_leg(connection: Connection, leg: Leg, msg: str, more: Message) -> None:
    """Tell a step of a leg to every monitor of its owner."""
    for handle, monitor in connection.monitors.items():
        if monitor.owner is leg.owner:
            _tell(connection, handle, leg, msg, more)
    if connection.initialized is not None and connection.initialized.get("calls"):
        _call_update(connection, leg, msg)


def _call_handle(connection: Connection, handle: int, leg: Leg) -> int:
    key = handle, leg.number
    if key not in connection.call_handles:
        connection.call_handles[key] = next(connection.numbers)
    return connection.call_handles[key]


def _tell(connection: Connection, handle: int, leg: Leg, msg: str, more: Message) -> None:
    faults = connection.faults
    body: Message = {"user": handle, "call": _call_handle(connection, handle, leg), "conf": leg.call.conf}
    if msg == "del":
        body |= {"del": True} if faults.deletion in {"flag", "both"} else {}
        body |= {"msg": "del"} if faults.deletion in {"msg", "both"} else {}
    else:
        elapsed = int(connection.simulator.clock.time() - leg.started)
        body |= {"state": leg.bits, "time": elapsed, "msg": msg, "no": leg.others or None, **more}
        body |= {} if faults.no_peer else {"peer": dict(leg.peer)}
    if faults.info_as_object and "info" in body:
        body["info"] = body["info"][0]
    src = connection.monitors[handle].request.get("src")
    if msg in faults.late:
        connection.simulator.later(faults.late[msg], lambda: connection.indicate(API, "CallInfo", src, body))
    else:
        connection.indicate(API, "CallInfo", src, body)


def _call_add(connection: Connection, leg: Leg) -> None:
    request = connection.initialized or {}
    head = {"guid": leg.owner.guid, "cn": leg.owner.cn, "call": leg.number, "state": leg.bits}
    body = {**head, "conf-id": leg.call.conf, "call-id": f"{leg.number:032x}"}
    connection.indicate(API, "CallAdd", request.get("src"), body)


def _call_update(connection: Connection, leg: Leg, msg: str) -> None:
    request = connection.initialized or {}
    if msg == "del":
        connection.indicate(API, "CallDel", request.get("src"), {"call": leg.number})
        return
    if msg in {"r-setup", "x-setup"}:
        _call_add(connection, leg)
    ends = {
        "local": {"h323": leg.owner.h323, "e164": leg.owner.e164},
        "remote": {key: leg.peer[key] for key in ("h323", "e164") if leg.peer.get(key)},
    }
    connection.indicate(API, "CallUpdate", request.get("src"), {"call": leg.number, "msg": msg, **ends})


def _legs(connection: Connection) -> Iterator[tuple[int, Leg]]:
    for (handle, number), call_handle in connection.call_handles.items():
        monitor = connection.monitors.get(handle)
        for leg in connection.engine.legs_of(monitor.owner) if monitor else ():
            if leg.number == number:
                yield call_handle, leg


def _leg(connection: Connection, handle: int) -> Leg | None:
    return next((leg for number, leg in _legs(connection) if number == handle), None)


def _number(connection: Connection, message: Message) -> str:
    target = connection.world.find(cn=message["cn"]) if "cn" in message else None
    return target.e164 if target is not None else message.get("e164") or message.get("h323", "")


def _user_call(connection: Connection, message: Message) -> Answer:
    monitor = connection.monitors.get(message["user"])
    if monitor is None:
        return {"call": 0}
    number = _number(connection, message)
    # The answer goes out before the first news of the call.
    handles = connection.call_handles
    call_handle = next(connection.numbers)
    connection.result(message, {"call": call_handle})

    def place() -> None:
        connection.engine.listeners.insert(0, claim)
        call = connection.engine.dial(monitor.owner, number)
        connection.engine.listeners.remove(claim)
        if connection.faults.dial_cause is not None:
            connection.engine.fail(call, connection.faults.dial_cause)

    def claim(leg: Leg, msg: str, more: Message) -> None:
        if leg.owner is monitor.owner and msg == "x-setup":
            handles[message["user"], leg.number] = call_handle

    if connection.faults.dial_delay:
        connection.simulator.later(connection.faults.dial_delay, place)
    else:
        place()
    return None


def _on_leg(work: Callable[[Connection, Message, Leg], Answer]) -> Callable[[Connection, Message], Answer]:
    """Answer without doing anything where the handle names no call."""

    def handler(connection: Connection, message: Message) -> Answer:
        leg = _leg(connection, message["call"])
        return {"error": "no such call"} if leg is None else work(connection, message, leg)

    return handler


def _clear(connection: Connection, message: Message, leg: Leg) -> Answer:
    connection.result(message, {})
    value = int(message.get("cause", NORMAL))
    if leg.rings and len(leg.call.legs) > 1:
        connection.engine.refuse(leg, value)
    else:
        connection.engine.hang_up(leg.call, leg.owner, value)
    return None


def _connect(connection: Connection, message: Message, leg: Leg) -> Answer:
    connection.result(message, {})
    if leg.rings:
        connection.engine.answer(leg.call, leg.owner)
    return None


def _hold(connection: Connection, message: Message, leg: Leg) -> Answer:
    connection.result(message, {})
    connection.engine.hold(leg)
    return None


def _retrieve(connection: Connection, message: Message, leg: Leg) -> Answer:
    connection.result(message, {})
    connection.engine.retrieve(leg)
    return None


def _transfer(connection: Connection, message: Message) -> Answer:
    first, second = _leg(connection, message["a"]), _leg(connection, message["b"])
    if first is None or second is None:
        return {"error": "no such call"}
    connection.result(message, {})
    connection.engine.transfer(first, second)
    return None


def _redirect(connection: Connection, message: Message, leg: Leg) -> Answer:
    connection.result(message, {})
    connection.engine.redirect(leg, _number(connection, message))
    return None


def _pick_up(connection: Connection, message: Message) -> Answer:
    monitor = connection.monitors.get(message["user"])
    leg = _leg(connection, message.get("call", 0))
    if leg is None and (target := connection.world.find(cn=message.get("cn", ""))):
        leg = next((leg for leg in connection.engine.legs_of(target) if leg.rings), None)
    if monitor is None or leg is None:
        return {"call": 0}
    new = connection.engine.pick_up(leg.call, monitor.owner)
    return {"call": _call_handle(connection, message["user"], new)}


def _park(connection: Connection, message: Message, leg: Leg) -> Answer:
    connection.engine.park(leg)
    return {"call": message["call"]}


def _dtmf(connection: Connection, message: Message, leg: Leg) -> Answer:
    return {}


HANDLERS: dict[str, Callable[[Connection, Message], Answer]] = {
    "Initialize": _initialize,
    "Devices": _devices,
    "UserInitialize": _user_initialize,
    "UserEnd": _user_end,
    "UserCall": _user_call,
    "UserClear": _on_leg(_clear),
    "UserConnect": _on_leg(_connect),
    "UserHold": _on_leg(_hold),
    "UserRetrieve": _on_leg(_retrieve),
    "UserTransfer": _transfer,
    "UserRedirect": _on_leg(_redirect),
    "UserReroute": _on_leg(_redirect),
    "UserPickup": _pick_up,
    "UserPark": _on_leg(_park),
    "UserDTMF": _on_leg(_dtmf),
}
