"""Ask the PBX for its lists and put them into the directory.

What cannot be read leaves what was known: the methods raise ConnectionLost only, unless they say more.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial

from ..changes import Change
from ..enums import Capability, ObjectKind
from ..errors import CommandFailed, ConnectionLost, MissingRight, NoAnswer, NotSupported, PbxError
from ..json_fields import get_count, get_text
from ..model import PbxInfo
from ..name_counter import NameCounter
from .calls import CallBook
from .connection import Connection
from .decode import (
    Endpoint,
    Extension,
    Tree,
    complete_endpoint,
    complete_peer,
    decode_contact,
    decode_endpoint,
    decode_extensions,
    decode_hint,
    decode_hot_desks,
    decode_messages,
    decode_peer,
    decode_registering,
    decode_tree,
    get_now,
    get_technology,
)
from .decode_calls import decode_channel, decode_duration
from .decode_queues import decode_parked, decode_waiting
from .directory import DAY_NIGHT, DEVICES, TIME_CONDITION, Directory
from .rights import MODULES, Rights
from .settings import AsteriskSettings
from .wire import Block

# The settings of users, and the capabilities that show them; then the switches.
USER_FAMILIES = {
    "DND": (Capability.DO_NOT_DISTURB, Capability.SET_DO_NOT_DISTURB),
    "CF": (Capability.FORWARD_ALWAYS,),
    "CFB": (Capability.FORWARD_BUSY,),
    "CFU": (Capability.FORWARD_NO_ANSWER,),
    "CW": (Capability.CALL_WAITING, Capability.SET_CALL_WAITING),
}
SWITCH_FAMILIES = (DAY_NIGHT, TIME_CONDITION)
SETTING_FAMILIES = (*USER_FAMILIES, *SWITCH_FAMILIES)
# Details of phones hold names. These are read before anything is shown, those of further ones afterwards.
FIRST_DETAILS = 500
# What lists the phones of each technology. The login may use the last two wherever it may read anything.
PHONE_LISTS = {"PJSIP": "PJSIPShowEndpoints", "SIP": "SIPpeers", "IAX2": "IAXpeerlist"}
# So many requests for one object each are under way at once.
AT_ONCE = 10


class Reader:
    """Read one PBX. `unread` are the kinds of objects that could not be read the last time."""

    def __init__(
        self,
        settings: AsteriskSettings,
        directory: Directory,
        book: CallBook,
        rights: Rights,
        time: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._directory = directory
        self._book = book
        self._rights = rights
        self._time = time
        self.unread: set[ObjectKind] = set()
        self.failures = NameCounter()
        # The phones whose details were asked for.
        self._described: set[str] = set()
        self.core: Block = {}
        self.uuid: str | None = None

    async def read_rights(self, connection: Connection) -> None:
        """Ask which actions the login may use, which is what its rights give."""
        commands = await connection.send("ListCommands")
        self._rights.commands = frozenset(commands) - {"Response", "ActionID"}
        for right, module in MODULES.items():
            found = await self._read(connection.send("ModuleCheck", Module=module), None)
            self._rights.modules[right] = found is not None

    async def read_identity(self, connection: Connection) -> PbxInfo:
        """Return which PBX this is; without its own id it is named by its address."""
        self.core = await self._read(connection.send("CoreSettings"), {}) or self.core
        rows: list[Block] = await self._read(connection.fetch("DBGetTree", Family="pbx"), [])
        found = decode_tree(rows).get(("UUID",))
        self.uuid = found or self.uuid
        return self.get_info()

    def get_info(self) -> PbxInfo:
        """Return the PBX as far as it is known."""
        name = get_text(self.core, "SystemName")
        make = "FreePBX" if self._directory.is_freepbx else "Asterisk"
        return PbxInfo(
            id=self.uuid or self._settings.authority,
            provisional=self.uuid is None,
            name=name or self._settings.host,
            manufacturer=make,
            version=get_text(self.core, "AsteriskVersion"),
            parked=self._directory.get_parked(),
        )

    async def read_all(self, connection: Connection) -> None:
        """Read everything; a request for a list that failed leaves its kind unread."""
        self.unread.clear()
        # The rows of the states are handled as the events that they look like.
        await self._read(connection.fetch("DeviceStateList"), [], ObjectKind.PHONE)
        await self.read_endpoints(connection)
        await self.read_users(connection)
        await self._read(connection.fetch("PresenceStateList"), [])
        await self.read_mailboxes(connection)
        await self.read_queues(connection)
        await self.read_parked(connection)
        await self.read_channels(connection)

    async def read_endpoints(self, connection: Connection) -> None:
        """Read what registers at the PBX, by each technology that it has."""
        found: list[Endpoint] = []
        registering = await self._list_registering(connection)
        for technology, action in PHONE_LISTS.items():
            if not self._rights.allows(action):
                continue
            decode: Callable[[Block], Endpoint | None] = decode_peer
            if technology == "PJSIP":
                decode = partial(decode_endpoint, registering=registering)
            keep = partial(self._keep_endpoints, decode, found)
            await self._read(connection.fetch(action, keep), None, ObjectKind.PHONE, ObjectKind.USER)
        known = self._directory.endpoints
        if ObjectKind.PHONE in self.unread:
            found = [*known.values(), *found]
        self._directory.set_endpoints(_keep_details(item, known.get(item.device)) for item in found)
        self._described.clear()
        await self.read_contacts(connection)

    def _keep_endpoints(
        self, decode: Callable[[Block], Endpoint | None], found: list[Endpoint], rows: Iterable[Block]
    ) -> None:
        """Add the endpoints of a list to what was found, and keep their states, of which events tell too."""
        endpoints = [endpoint for row in rows if (endpoint := decode(row)) is not None]
        found += endpoints
        self._directory.states.update(
            {item.device: item.state for item in endpoints if item.state is not None}
        )

    async def _list_registering(self, connection: Connection) -> frozenset[str]:
        """Return the names of the credentials with which the PBX logs in elsewhere."""
        if not self._rights.allows("PJSIPShowRegistrationsOutbound"):
            return frozenset()
        rows: list[Block] = await self._read(connection.fetch("PJSIPShowRegistrationsOutbound"), [])
        return decode_registering(rows)

    async def read_contacts(self, connection: Connection) -> None:
        """Read which programs and devices have registered."""
        if not self._rights.allows("PJSIPShowContacts"):
            return
        rows: list[Block] = await self._read(connection.fetch("PJSIPShowContacts"), [])
        self._directory.agents.update(contact for row in rows if (contact := decode_contact(row)) is not None)

    async def read_users(self, connection: Connection) -> None:
        """Read the users: the extensions of a FreePBX, or the hints and phones of a plain Asterisk."""
        users = await self._read(connection.fetch("DBGetTree", Family="AMPUSER"), None, ObjectKind.USER)
        if users:
            devices = await self._read_devices(connection)
            self._directory.set_make(is_freepbx=True, hot_desks=decode_hot_desks(devices))
            self._directory.set_extensions(decode_extensions(decode_tree(users), devices))
            await self.read_settings(connection)
            return
        if users is None:
            return
        self._directory.set_make(is_freepbx=False, hot_desks={})
        hints = await self._read(connection.fetch("ExtensionStateList"), None, ObjectKind.USER)
        if hints is not None:
            found = (self._keep_phones(extension) for extension in map(decode_hint, hints) if extension)
            self._directory.set_extensions(extension for extension in found if extension.devices)
        await self.read_details(connection, FIRST_DETAILS)

    async def _read_devices(self, connection: Connection) -> Tree:
        """Return what a FreePBX says of its devices, or what is known where that cannot be read."""
        kinds = (ObjectKind.USER, ObjectKind.PHONE)
        rows = await self._read(connection.fetch("DBGetTree", Family=DEVICES), None, *kinds)
        if rows is not None:
            self._directory.trees[DEVICES] = decode_tree(rows)
        return self._directory.trees.get(DEVICES, {})

    async def read_hot_desks(self, connection: Connection) -> None:
        """Read who sits at which hot desk, where there are any; who comes takes a phone along."""
        if not self._directory.hot_desks:
            return
        if decode_hot_desks(await self._read_devices(connection)) != self._directory.hot_desks:
            await self.read_users(connection)

    def _keep_phones(self, extension: Extension) -> Extension:
        """Return an extension with the phones that there are; sample dial plans have hints for others."""
        return replace(extension, devices=tuple(filter(self._may_exist, extension.devices)))

    def _may_exist(self, device: str) -> bool:
        technology = get_technology(device)
        action = PHONE_LISTS.get(technology)
        if action is None or ObjectKind.PHONE in self.unread:
            return True
        if not self._rights.allows(action):
            # Where the module is not loaded there is no such action, but the one of PJSIP needs a right.
            return technology == "PJSIP"
        return device in self._directory.endpoints

    @property
    def lacks_details(self) -> bool:
        """Return whether there are phones whose details have not been read yet."""
        return bool(self._list_undescribed())

    def _list_undescribed(self) -> list[str]:
        directory = self._directory
        if directory.is_freepbx:
            return []
        phones = (device for device in directory.get_phones() if get_technology(device) in ("PJSIP", "SIP"))
        return [
            device for device in phones if device in directory.endpoints and device not in self._described
        ]

    async def read_details(self, connection: Connection, most: int) -> None:
        """Read names and contexts of so many phones, which the lists of a plain Asterisk do not have."""
        wanted = self._list_undescribed()[:most]
        for start in range(0, len(wanted), AT_ONCE):
            batch = wanted[start : start + AT_ONCE]
            await asyncio.gather(*(self.read_detail(connection, device) for device in batch))
        self._described.update(wanted)
        # A FreePBX lists its users; a phone that is nobody's there is a hot desk where nobody sits.
        if not self._directory.is_freepbx:
            self._directory.add_users_of_phones()

    async def read_detail(self, connection: Connection, device: str) -> Endpoint | None:
        """Read and return what one endpoint is configured to, None where there is none."""
        known = self._directory.endpoints.get(device)
        technology, _, name = device.partition("/")
        if known is None or technology not in ("PJSIP", "SIP"):
            return known
        if technology == "PJSIP":
            rows: list[Block] = await self._read(connection.fetch("PJSIPShowEndpoint", Endpoint=name), [])
            found = complete_endpoint(known, rows)
        else:
            empty: Block = {}
            answer = await self._read(connection.send("SIPshowpeer", Peer=name), empty)
            found = complete_peer(known, answer)
            if agent := get_text(answer, "SIP-Useragent"):
                self._directory.agents[device] = agent
        self._directory.set_endpoint(found)
        return found

    async def read_settings(
        self, connection: Connection, families: Collection[str] = SETTING_FAMILIES
    ) -> None:
        """Read settings of users and switches of a FreePBX; no event tells of a change."""
        for family in families:
            keep = partial(self._keep_tree, family)
            await self._read(connection.fetch("DBGetTree", keep, Family=family), None)

    def _keep_tree(self, family: str, rows: Iterable[Block]) -> None:
        self._directory.trees[family] = decode_tree(rows)

    async def read_mailboxes(self, connection: Connection) -> None:
        """Read which mailboxes there are, and count their messages."""
        directory = self._directory
        names = await self._list_mailboxes(connection)
        if names is None:
            return
        directory.mailbox_names = names
        for start in range(0, len(names), AT_ONCE):
            batch = list(names)[start : start + AT_ONCE]
            await asyncio.gather(*(self.read_mailbox(connection, mailbox) for mailbox in batch))
        directory.mailboxes = {key: found for key, found in directory.mailboxes.items() if key in names}

    async def read_mailbox(self, connection: Connection, mailbox: str) -> None:
        """Count the messages of one mailbox."""

        def keep(answer: Sequence[Block]) -> None:
            self._directory.mailboxes[mailbox] = decode_messages(answer[0])

        counted = connection.send("MailboxCount", keep, Mailbox=mailbox)
        await self._read(counted, None, ObjectKind.MAILBOX)

    async def _list_mailboxes(self, connection: Connection) -> dict[str, str] | None:
        """Return the names of all mailboxes, None where they could not be read."""
        directory = self._directory
        found = {item.mailbox: "" for item in directory.extensions.values() if item.mailbox}
        found |= {box: "" for endpoint in directory.endpoints.values() for box in endpoint.mailboxes}
        if not self._rights.allows("VoicemailUsersList"):
            return found
        rows = await self._read(connection.fetch("VoicemailUsersList"), None, ObjectKind.MAILBOX)
        if rows is None:
            return None
        listed = {
            f"{row['VoiceMailbox']}@{row.get('VMContext') or 'default'}": row.get("Fullname", "")
            for row in rows
            if row.get("VoiceMailbox")
        }
        return listed or found

    async def read_queues(self, connection: Connection) -> None:
        """Read all queues with their members and callers."""
        if not self._rights.allows("QueueStatus"):
            return
        await self._read(connection.fetch("QueueStatus", self._keep_queues), None, ObjectKind.QUEUE)

    def _keep_queues(self, rows: Sequence[Block]) -> None:
        now = get_now()
        self._learn_from_callers(rows)
        self._directory.set_queue_rows(rows, lambda row: decode_waiting(row, now))

    def _learn_from_callers(self, rows: Iterable[Block]) -> None:
        for row in rows:
            record = self._directory.queues.get(row.get("Queue", ""))
            if row.get("Event") != "QueueEntry" or record is None:
                continue
            if row.get("Uniqueid") not in record.waiting:
                self._rights.learn("agent", get_count(row, "Wait"), self._time())

    async def read_parked(self, connection: Connection) -> None:
        """Read the parked calls."""
        if not self._rights.allows("ParkedCalls"):
            return
        await self._read(connection.fetch("ParkedCalls", self._keep_parked), None)

    def _keep_parked(self, rows: Iterable[Block]) -> None:
        now = get_now()
        self._directory.parked = {row.get("ParkeeUniqueid", ""): decode_parked(row, now) for row in rows}

    async def read_channels(self, connection: Connection) -> list[Change]:
        """Read the channels, whose rows are handled as events, and return the ends of those not listed."""
        before = self._book.channel_ids
        rows = await self._read(connection.fetch("CoreShowChannels"), None)
        if rows is None:
            return []
        self._learn_from_channels(rows, before)
        self._book.infer_holds(self._directory.states)
        return self._book.drop_missing(before, {row.get("Uniqueid", "") for row in rows})

    @property
    def has_channels(self) -> bool:
        """Return whether any call is open."""
        return bool(self._book.channel_ids)

    def _learn_from_channels(self, rows: Iterable[Block], known: Collection[str]) -> None:
        for row in rows:
            news = decode_channel(row)
            if news is None:
                continue
            seconds = decode_duration(row)
            if news.id not in known:
                self._rights.learn("call", seconds, self._time())
            if row.get("ApplicationData", "").startswith("agi:async"):
                self._rights.learn("agi", seconds, self._time())

    def get_new_notices(self) -> list[Change]:
        """Return which rights turned out to be missing since that was told last."""
        return self._rights.get_new_notices()

    async def _read[T, D](self, reading: Awaitable[T], default: D, *kinds: ObjectKind) -> T | D:
        """Return what was read, or a default where it could not be."""
        try:
            return await reading
        except ConnectionLost:
            raise
        except (CommandFailed, MissingRight, NotSupported, NoAnswer) as err:
            self._add_failure(err, kinds)
            return default

    def _add_failure(self, error: PbxError, kinds: Iterable[ObjectKind]) -> None:
        what = error.right if isinstance(error, MissingRight) else type(error).__name__
        self.failures[what] += 1
        # What the PBX has no action for, it does not have.
        if not isinstance(error, NotSupported):
            self.unread.update(kinds)


def _keep_details(found: Endpoint, known: Endpoint | None) -> Endpoint:
    if known is None:
        return found
    return replace(
        found, context=known.context, name=known.name, number=known.number, mailboxes=known.mailboxes
    )
