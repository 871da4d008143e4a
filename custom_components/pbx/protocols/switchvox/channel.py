"""One channel as it was last told of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..call import Leg, Party
from ..enums import CallDirection, CallState, LegRole
from .directory import Account, Directory
from .party import NOBODY, Remote

UP = frozenset({CallState.TALKING, CallState.ON_HOLD})


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel of a watched account, the call it is part of and its leg there."""

    id: str
    call: str
    leg: str
    account: Account
    role: LegRole
    phone: str
    state: CallState = CallState.DIALING
    status: str = ""
    started: float | None = None
    at: float | None = None
    seen: float = 0.0
    remote: Remote = NOBODY
    dialed: str | None = None
    queue: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    answered: bool = False
    left: bool = False
    doubted: bool = False
    asked: bool = False
    untold: list[CallState] = field(default_factory=list)
    provisional: bool = False

    @property
    def party(self) -> Party:
        """Return the account as a party."""
        account = self.account
        return Party(number=account.number, name=account.name, user=account.key, phone=self.phone)

    @property
    def anonymous(self) -> bool:
        """Tell whether the other party's number is still missing and has not been asked for."""
        known = self.remote.number or self.dialed or self.state in UP
        return not known and not self.asked

    def other(self, directory: Directory) -> Party:
        """Return the other party, as the user it is where it is watched."""
        account = self.internal(directory)
        user = account.key if account is not None and account.key in directory.watched else None
        name = self.remote.name or (account.name if account else None) or self._room
        number = self.remote.number or self.dialed or (account.number if account else None)
        return Party(number=number, name=name, user=user)

    @property
    def _room(self) -> str | None:
        return self.details.get("conference") or self.details.get("intercom")

    def internal(self, directory: Directory) -> Account | None:
        """Return the account of the other party, where it has one."""
        return directory.get(self.remote.account) or directory.by_number(self.remote.number or self.dialed)

    def direction(self, directory: Directory) -> CallDirection | None:
        """Return where the call goes, or None while nothing is known of the other party."""
        if self.internal(directory) is not None or self.remote.account is not None:
            return CallDirection.INTERNAL
        if self.role is LegRole.CALLER:
            return CallDirection.OUTGOING
        return CallDirection.INCOMING if self.remote.number else None

    def own_leg(self) -> Leg:
        """Return the leg of the account."""
        return Leg(id=self.leg, role=self.role, party=self.party, state=self.state)
