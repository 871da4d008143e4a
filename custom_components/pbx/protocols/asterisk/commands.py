"""What an Asterisk can be asked to do; every action is sent once."""

import base64
from collections.abc import Iterable, Sequence
from typing import override

from ..enums import ForwardKind, PresenceActivity
from ..errors import CommandFailed
from ..model import FoundContact
from .call_commands import CallCommands
from .decode import (
    DO_NOT_DISTURB_OFF,
    DO_NOT_DISTURB_ON,
    FORWARD_FAMILIES,
    SETTABLE,
    decode_tree,
    encode_presence,
)
from .decode_queues import get_interface
from .dialing import check_number
from .directory import DAY_NIGHT, TIME_CONDITION, TIME_OPTIONS, get_day_night_state
from .wire import Block

# The family of the database with the names of numbers outside.
CALLER_NAMES = "cidname"


class AsteriskCommands(CallCommands):
    """Carry out commands over the connection that is up."""

    presences = tuple(SETTABLE)

    # Settings of users

    def _get_number(self, user: str) -> str:
        extension = self._directory.extensions.get(user)
        if extension is None:
            raise CommandFailed("no_such_user")
        return extension.number

    async def _set_state(self, name: str, state: str) -> None:
        await self._send("Setvar", Variable=f"DEVICE_STATE({name})", Value=state)

    async def _store(self, family: str, key: str, value: str | None) -> None:
        """Put a value into the database, or remove it; that it was not there is no failure."""
        if value is not None:
            await self._send("DBPut", Family=family, Key=key, Val=value)
        elif await self._is_stored(family, key):
            await self._send("DBDel", Family=family, Key=key)
        tree = {
            name: known for name, known in self._directory.trees.get(family, {}).items() if name != (key,)
        }
        self._directory.trees[family] = tree | ({(key,): value} if value is not None else {})

    async def _is_stored(self, family: str, key: str) -> bool:
        rows = await self._get_connection().fetch("DBGetTree", Family=family, Key=key)
        return any(row.get("Key") == f"/{family}/{key}" for row in rows)

    def _get_device_ids(self, user: str) -> list[str]:
        return [device.partition("/")[2] for device in self._directory.get_devices(user)]

    @override
    async def set_do_not_disturb(self, user: str, *, on: bool) -> None:
        number = self._get_number(user)
        await self._store("DND", number, "YES" if on else None)
        state = DO_NOT_DISTURB_ON if on else DO_NOT_DISTURB_OFF
        await self._set_state(f"Custom:DND{number}", state)
        for device in self._get_device_ids(user):
            await self._set_state(f"Custom:DEVDND{device}", state)
        self._directory.states[f"Custom:DND{number}"] = state
        await self._report_any(self._directory.show_user(user))

    @override
    async def set_call_waiting(self, user: str, *, on: bool) -> None:
        await self._store("CW", self._get_number(user), "ENABLED" if on else None)
        await self._report_any(self._directory.show_user(user))

    @override
    async def set_forward(self, user: str, kind: ForwardKind, number: str | None) -> None:
        extension, target = self._get_number(user), check_number(number) if number else None
        await self._store(FORWARD_FAMILIES[kind], extension, target)
        if kind is ForwardKind.ALWAYS:
            state = "BUSY" if target else "NOT_INUSE"
            await self._set_state(f"Custom:CF{extension}", state)
            for device in self._get_device_ids(user):
                await self._set_state(f"Custom:DEVCF{device}", state)
        await self._report_any(self._directory.show_user(user))

    @override
    async def set_presence(self, user: str, activity: PresenceActivity, note: str | None) -> None:
        if activity not in SETTABLE:
            raise CommandFailed("activity_cannot_be_set")
        number = self._get_number(user)
        presentity = self._directory.extensions[user].presentity
        if presentity is None or not presentity.startswith("CustomPresence:"):
            presentity = f"CustomPresence:{number}"
        known = self._directory.presences.get(presentity, {}).get("presence_note")
        kept = known if note is None else note
        value = encode_presence(activity, kept)
        await self._send("Setvar", Variable=f"PRESENCE_STATE({presentity})", Value=value)

    @override
    async def set_switch(self, switch: str, *, value: bool | str) -> None:
        if switch in self._directory.custom_switches:
            await self._set_state(switch, "INUSE" if value is True else "NOT_INUSE")
            self._directory.states[switch] = "INUSE" if value is True else "NOT_INUSE"
        else:
            await self._set_stored_switch(switch, value=value)
        await self._report_any(self._directory.show_switches())

    async def _set_stored_switch(self, switch: str, *, value: bool | str) -> None:
        family, _, key = switch.partition("/")
        if family not in (DAY_NIGHT, TIME_CONDITION) or (key,) not in self._directory.trees.get(family, {}):
            raise CommandFailed("no_such_switch")
        if family == TIME_CONDITION:
            if value not in TIME_OPTIONS:
                raise CommandFailed("no_such_value")
            await self._set_time_condition(key, str(value))
            return
        await self._store(family, key, "NIGHT" if value is True else "DAY")
        await self._set_state(get_day_night_state(key), "INUSE" if value is True else "NOT_INUSE")

    async def _set_time_condition(self, key: str, value: str) -> None:
        """Set an override as FreePBX does, which stores none for automatic and lights two lamps."""
        await self._store(TIME_CONDITION, key, "" if value == TIME_OPTIONS[0] else value)
        closed, sticky = value.startswith("false"), value.endswith("sticky")
        await self._set_state(f"Custom:{TIME_CONDITION}{key}", "INUSE" if closed else "NOT_INUSE")
        await self._set_state(f"Custom:{TIME_CONDITION}STICKY{key}", "INUSE" if sticky else "NOT_INUSE")

    @override
    async def notify_user(self, user: str, title: str, message: str) -> None:
        device = self._choose_phone(user)
        technology, _, name = device.partition("/")
        body = base64.b64encode("\n".join(filter(None, (title, message))).encode()).decode()
        await self._send(
            "MessageSend",
            To=f"{technology.lower()}:{name}",
            From='"Home Assistant" <sip:homeassistant@127.0.0.1>',
            Base64Body=body,
        )

    # The address book

    @override
    async def list_contacts(self) -> Sequence[FoundContact]:
        """Return the names that the PBX has for numbers outside, which FreePBX calls the phonebook."""
        rows = await self._get_connection().fetch("DBGetTree", Family=CALLER_NAMES)
        found = decode_tree(rows).items()
        return [FoundContact(name=name, number=path[0]) for path, name in found if len(path) == 1 and name]

    @override
    async def find_caller(self, number: str) -> FoundContact | None:
        """Return who a number is by the same names, where the PBX is too old to list them."""
        try:
            rows = await self._get_connection().fetch("DBGet", Family=CALLER_NAMES, Key=number)
        except CommandFailed:
            # So it says that it has none.
            return None
        name = next((row["Val"] for row in rows if row.get("Val")), None)
        return FoundContact(name=name, number=number) if name is not None else None

    # Queues

    @override
    async def set_queue_agent(
        self,
        queue: str,
        user: str,
        *,
        logged_in: bool | None = None,
        paused: bool | None = None,
        reason: str | None = None,
    ) -> None:
        record = self._directory.queues.get(queue)
        if record is None:
            raise CommandFailed("no_such_queue")
        interface = self._find_interface(record.members.values(), user)
        if logged_in is True and interface is None:
            interface = await self._add_member(queue, user)
        if interface is None:
            # Who is no member is logged out already, and cannot pause.
            if paused is not None:
                raise CommandFailed("wrong_state")
            return
        if logged_in is False:
            await self._send("QueueRemove", Queue=queue, Interface=interface)
        if paused is not None:
            await self._pause(queue, interface, paused=paused, reason=reason)
        self._hasten("queues")

    def _find_interface(self, members: Iterable[Block], user: str) -> str | None:
        """Return what a queue dials for a user, None where the user is none of its members."""
        row = next((row for row in members if self._directory.find_member_user(row) == user), None)
        return get_interface(row) if row is not None else None

    async def _pause(self, queue: str, interface: str, *, paused: bool, reason: str | None) -> None:
        why = {"Reason": reason} if reason is not None and paused else {}
        flag = "true" if paused else "false"
        await self._send("QueuePause", Queue=queue, Interface=interface, Paused=flag, **why)

    async def _add_member(self, queue: str, user: str) -> str:
        """Log an agent in as the dial plan of the PBX does, and return what the queue dials."""
        number, device = self._get_number(user), self._choose_phone(user)
        interface, state = device, device
        if self._directory.is_freepbx:
            interface, state = f"Local/{number}@from-queue/n", f"hint:{number}@ext-local"
        name = self._directory.get_user_party(user).name or number
        await self._send(
            "QueueAdd", Queue=queue, Interface=interface, MemberName=name, StateInterface=state, Penalty="0"
        )
        return interface

    @override
    async def reset_queue_statistics(self, queue: str | None) -> None:
        if queue is not None and queue not in self._directory.queues:
            raise CommandFailed("no_such_queue")
        await self._send("QueueReset", **({"Queue": queue} if queue is not None else {}))
        self._hasten("queues")
