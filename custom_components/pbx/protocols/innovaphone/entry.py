"""Hold what all sources together say of one object of the PBX."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..enums import ForwardKind, LineStatus, UserPhoneType
from ..model import User, UserPhone
from .presence import Presence
from .rcc import UserRecord
from .rows import USER, Account, Row


@dataclass(slots=True)
class Entry:
    """An object of the PBX; RCC knows best what is now, the replicated row what is configured."""

    guid: str
    record: UserRecord | None = None
    row: Row | None = None
    account: Account | None = None
    presence: Presence | None = None
    registered: tuple[str, ...] | None = None
    devices: dict[str, str | None] = field(default_factory=dict)
    forwards: dict[ForwardKind, str | None] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """Return the type of the object, which is empty for a user."""
        return (
            self.record.type if self.record is not None else self.row.type if self.row is not None else USER
        )

    @property
    def present(self) -> bool:
        """Tell whether any source still knows the object."""
        return any(source is not None for source in (self.record, self.row, self.account))

    @property
    def _known(self) -> list[UserRecord | Row]:
        """Return what tells the names of the object, the fresher first."""
        return [source for source in (self.record, self.row) if source is not None]

    @property
    def cn(self) -> str | None:
        """Return the long name, by which RCC addresses objects."""
        return _first(source.cn for source in self._known)

    @property
    def h323(self) -> str | None:
        """Return the name, by which PbxApi addresses users."""
        account = self.account.h323 if self.account is not None else None
        return _first(source.h323 for source in self._known) or account

    @property
    def number(self) -> str | None:
        """Return the extension."""
        return _first(source.e164 for source in self._known)

    @property
    def name(self) -> str:
        """Return the name to show."""
        account = self.account.name if self.account is not None else None
        shown = _first(source.dn for source in self._known)
        return shown or self.cn or account or self.number or self.h323 or self.guid

    @property
    def hardware(self) -> tuple[str, ...] | None:
        """Return the registered devices, None where nothing tells of them."""
        return self.record.registered if self.record is not None else self.registered

    @property
    def known_devices(self) -> dict[str, str | None]:
        """Return every device of this user with its description."""
        configured = dict(self.row.devices) if self.row is not None else self.devices
        return dict.fromkeys(self.hardware or ()) | configured

    @property
    def only_phone(self) -> str | None:
        """Return the one device at which calls of this user must be, if there is only one."""
        hardware = self.hardware or ()
        return hardware[0] if len(hardware) == 1 else None

    def user(self, *, has_lines: bool, shared: Iterable[str], editable: bool, counts: bool) -> User:
        """Return what this object is as a user."""
        presence, others = self.presence, set(shared)
        return User(
            id=self.guid,
            name=self.name,
            username=self.h323,
            number=self.number,
            status=self._status(has_lines=has_lines, counts=counts),
            phones=tuple(
                UserPhone(type=UserPhoneType.PHONE, phone=device, personal=device not in others)
                for device in self.known_devices
            ),
            do_not_disturb=presence.do_not_disturb if presence is not None else None,
            forwards=self._forwards(),
            presence=presence.activity if presence is not None else None,
            presence_note=presence.note if presence is not None else None,
            presence_sources=presence.sources if presence is not None else (),
            editable=editable,
        )

    def _forwards(self) -> dict[ForwardKind, str | None]:
        if self.row is None:
            return dict(self.forwards)
        return {kind: dict(self.row.forwards).get(kind) for kind in ForwardKind}

    def _status(self, *, has_lines: bool, counts: bool) -> LineStatus:
        """Return what counts and registrations tell; the calls themselves tell more where they are known."""
        if not has_lines and self.record is not None and self.record.alerting:
            return LineStatus.RINGING
        if not has_lines and self._busy(counts=counts):
            return LineStatus.TALKING
        if self.hardware is None:
            return LineStatus.UNKNOWN
        return LineStatus.IDLE if self.hardware else LineStatus.OFFLINE

    def _busy(self, *, counts: bool) -> bool:
        """Tell whether there is a call; presence has to do where the PBX counts none."""
        if self.record is not None and counts:
            return bool(self.record.channels)
        return self.presence is not None and self.presence.on_the_phone


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)
