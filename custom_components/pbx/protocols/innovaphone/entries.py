"""What one object of the PBX is, out of RCC, the replicated tables, the accounts and the endpoints."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import field
from typing import Any

from ..enums import ForwardKind, LineStatus, UserPhoneType
from ..lazy_dataclass import dataclass
from ..model import User, UserPhone
from .decode_calls import UserRecord
from .decode_objects import USER, AccountStep, Presence, PresenceEndpoint, Row
from .rights import Api


@dataclass(frozen=True, slots=True)
class Identity:
    """What an object is, out of all that know it; RCC knows best what is now, the row what is configured.

    By `cn` RCC addresses objects, by `h323` PbxApi addresses users; `number` is the extension. `hardware` are
    the registered devices, None where no source lists them, `devices` all of them with their descriptions.
    """

    present: bool = False
    type: str = USER
    cn: str | None = None
    h323: str | None = None
    number: str | None = None
    name: str = ""
    hardware: tuple[str, ...] | None = None
    devices: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def only_phone(self) -> str | None:
        """Return the one device at which calls of this user must be, if there is only one."""
        hardware = self.hardware
        return hardware[0] if hardware is not None and len(hardware) == 1 else None


# What an identity is made of.
_IDENTIFYING = frozenset({"record", "row", "account", "endpoint", "registered", "devices"})


@dataclass(slots=True)
class Entry:
    """An object of the PBX, as each source knows it; all but its counts are changed by `learn`."""

    guid: str
    record: UserRecord | None = None
    row: Row | None = None
    account: AccountStep | None = None
    presence: Presence | None = None
    endpoint: PresenceEndpoint = field(default_factory=PresenceEndpoint)
    registered: tuple[str, ...] | None = None
    devices: dict[str, str | None] = field(default_factory=dict)
    forwards: dict[ForwardKind, str | None] = field(default_factory=dict)
    # How many calls ring and how many there are in all, as the last record has counted them.
    alerting: int = 0
    channels: int = 0
    # Whether the last call has ended since the PBX said how many there are, which it says anew soon.
    is_count_old: bool = False
    identity: Identity = field(init=False)

    def __post_init__(self) -> None:
        """Find out what the object is."""
        self.identity = _identify(self)

    def learn(self, **sources: Any) -> None:
        """Replace what sources say of the object, by the names of the fields."""
        changed = [name for name, value in sources.items() if getattr(self, name) is not value]
        for name in changed:
            setattr(self, name, sources[name])
        if not _IDENTIFYING.isdisjoint(changed):
            self.identity = _identify(self)

    @property
    def is_busy(self) -> bool:
        """Return whether the PBX counts calls of the object, which must be in the view of RCC for that."""
        return self.record is not None and bool(self.alerting or self.channels)

    @property
    def type(self) -> str:
        """Return the type of the object, which is empty for a user."""
        return self.identity.type

    @property
    def present(self) -> bool:
        """Return whether any source still knows the object."""
        return self.identity.present

    @property
    def cn(self) -> str | None:
        """Return the long name, by which RCC addresses objects."""
        return self.identity.cn

    @property
    def h323(self) -> str | None:
        """Return the name, by which PbxApi addresses users."""
        return self.identity.h323

    @property
    def number(self) -> str | None:
        """Return the extension."""
        return self.identity.number

    @property
    def name(self) -> str:
        """Return the name to show."""
        return self.identity.name

    def forget_sources(self, granted: Container[str]) -> bool:
        """Drop what came from APIs that are not granted, and return whether there was any of it."""
        sources = {Api.TABLE: "row", Api.ACCOUNT: "account", Api.PBX: "presence", Api.ADMIN: "registered"}
        gone = [
            name for api, name in sources.items() if api not in granted and getattr(self, name) is not None
        ]
        self.learn(**dict.fromkeys(gone))
        return bool(gone)

    def get_user(self, *, has_lines: bool, shared: Container[str], editable: bool, counts: bool) -> User:
        """Return what this object is as a user."""
        identity = self.identity
        return User(
            id=self.guid,
            name=identity.name,
            username=identity.h323,
            number=identity.number,
            email=self.endpoint.email,
            phones=tuple(
                UserPhone(type=UserPhoneType.PHONE, phone=device, personal=device not in shared)
                for device in identity.devices
            ),
            forwards=self._get_forwards(),
            editable=editable,
            # A user's login may control its own calls only, as it may change its own settings only.
            controllable=editable,
            **self.get_activity(has_lines=has_lines, counts=counts),
        )

    def get_activity(self, *, has_lines: bool, counts: bool) -> dict[str, Any]:
        """Return the fields of a user that change with calls and presence."""
        presence, status = self.presence, self._get_status(has_lines=has_lines, counts=counts)
        if presence is None:
            return {"status": status, **_NO_PRESENCE}
        return {
            "status": status,
            "do_not_disturb": presence.do_not_disturb,
            "presence": presence.activity,
            "presence_note": presence.note,
            "presence_sources": presence.sources,
        }

    def _get_forwards(self) -> dict[ForwardKind, str | None]:
        if self.row is None:
            return dict(self.forwards)
        return {kind: dict(self.row.forwards).get(kind) for kind in ForwardKind}

    def _get_status(self, *, has_lines: bool, counts: bool) -> LineStatus:
        """Return what follows from counts and registrations; known calls say more."""
        counted = not has_lines and not self.is_count_old
        if counted and self.record is not None and self.alerting:
            return LineStatus.RINGING
        if counted and self._has_call(counts=counts):
            return LineStatus.TALKING
        hardware = self.identity.hardware
        if hardware is None:
            return LineStatus.UNKNOWN
        return LineStatus.IDLE if hardware else LineStatus.OFFLINE

    def _has_call(self, *, counts: bool) -> bool:
        """Return whether there is a call; presence has to do where the PBX counts none."""
        if self.record is not None and counts:
            return bool(self.channels)
        return self.presence is not None and self.presence.on_the_phone


_NO_PRESENCE: dict[str, Any] = {
    "do_not_disturb": None,
    "presence": None,
    "presence_note": None,
    "presence_sources": (),
}


def _identify(entry: Entry) -> Identity:
    """Return what an object is by its sources, the fresher one first."""
    record, row, account, endpoint = entry.record, entry.row, entry.account, entry.endpoint
    known: list[UserRecord | Row] = [source for source in (record, row) if source is not None]
    cn = _get_first(source.cn for source in known)
    h323 = _get_first(source.h323 for source in known) or (account.h323 if account is not None else None)
    number = _get_first(source.e164 for source in known) or endpoint.number
    shown = _get_first(source.dn for source in known) or cn or (account.name if account is not None else None)
    hardware = record.registered if record is not None else entry.registered
    configured = dict(row.devices) if row is not None else entry.devices
    return Identity(
        present=bool(known) or account is not None,
        type=known[0].type if known else USER,
        cn=cn,
        h323=h323,
        number=number,
        name=shown or endpoint.name or number or h323 or entry.guid,
        hardware=hardware,
        devices=dict.fromkeys(hardware or ()) | configured,
    )


def _get_first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)
