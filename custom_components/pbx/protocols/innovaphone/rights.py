"""Remember which APIs the login may use; one that it may not use stays silent."""

from collections import Counter
from enum import StrEnum

from ..enums import Capability

# A socket that closes this soon after the first use of an API was closed because of it.
BLAME_SECONDS = 2.0
# What was refused is tried again after the first time, then after twice as long each time; in seconds.
FIRST_RETRY_SECONDS = 60.0
REPROBE_SECONDS = 6 * 3600.0
# A PBX that is busy may leave one request unanswered. An API that was granted is taken to be granted no
# longer after so many silences in a row, while other things do arrive.
SILENCES = 3


class Api(StrEnum):
    """The APIs by the name in their messages."""

    RCC = "RCC"
    PBX = "PbxApi"
    TABLE = "PbxTableUsers"
    ADMIN = "PbxAdminApi"
    ACCOUNT = "PbxAccountApi"


# In the order of probing. A user's login has the first two only.
ORDER = tuple(Api)
PERSONAL = (Api.RCC, Api.PBX)
# The checkboxes on the App object that a person is asked to tick. Admin is full control, so no person is
# urged to tick it; PbxAccountApi has no checkbox.
CHECKBOXES = {Api.RCC: "RCC", Api.PBX: "PbxApi", Api.TABLE: "TableUsers"}

CAPABILITIES: dict[Api, frozenset[Capability]] = {
    Api.RCC: frozenset(
        {
            Capability.USERS,
            Capability.PHONES,
            Capability.REGISTRATION,
            Capability.DIAL,
            Capability.HANG_UP,
            Capability.ANSWER,
            Capability.REJECT,
            Capability.HOLD,
            Capability.TRANSFER,
            Capability.SEND_DTMF,
            Capability.PARK,
            Capability.PICK_UP,
        }
    ),
    Api.PBX: frozenset(
        {
            Capability.PRESENCE,
            Capability.PRESENCE_NOTE,
            Capability.SET_PRESENCE,
            Capability.DO_NOT_DISTURB,
            Capability.SET_DO_NOT_DISTURB,
        }
    ),
    Api.TABLE: frozenset(
        {
            Capability.USERS,
            Capability.PHONES,
            Capability.REGISTRATION,
            Capability.QUEUES,
            Capability.QUEUE_CALLS,
        }
    ),
    Api.ADMIN: frozenset({Capability.SWITCHES}),
    Api.ACCOUNT: frozenset({Capability.USERS}),
}
FORWARDS = frozenset({
    Capability.FORWARD_ALWAYS,
    Capability.FORWARD_BUSY,
    Capability.FORWARD_NO_ANSWER,
})  # fmt: skip
# These messages came with the same firmware, and a notification just to find out would be rude.
FROM_14R1 = FORWARDS | {Capability.SET_FORWARD, Capability.NOTIFY_USER}
# These act on the user who logged in.
PERSONAL_EXTRAS = frozenset({Capability.FAVOURITES, Capability.MARK_ON_CALL})


class Rights:
    """Remember what was granted, over connections."""

    def __init__(self, *, personal: bool) -> None:
        self.granted: set[Api] = set()
        self.refused: set[Api] = set()
        self.forbidden: set[Api] = set()
        self.diversions: bool | None = None
        # How often in a row an API that is granted was silent.
        self.silences: Counter[Api] = Counter()
        self._silent_logins = 0
        self._retry = FIRST_RETRY_SECONDS
        self._personal = personal
        self._last_use: tuple[Api, float] | None = None

    @property
    def candidates(self) -> list[Api]:
        """Return the APIs to try."""
        return [api for api in (PERSONAL if self._personal else ORDER) if api not in self.forbidden]

    @property
    def expected(self) -> list[Api]:
        """Return the APIs to wait for: all at first, later those that were granted before."""
        return [api for api in self.candidates if api in self.granted or not self.granted]

    def mark_use(self, api: Api, now: float) -> None:
        """Remember that an API is used for the first time on a connection."""
        self._last_use = (api, now)

    def set_granted(self, api: Api, *, granted: bool) -> None:
        """Remember whether an API answered as one does that the login may use."""
        del self.silences[api]
        self._silent_logins = 0 if granted else self._silent_logins
        (self.granted if granted else self.refused).add(api)
        (self.refused if granted else self.granted).discard(api)

    def add_silence(self, api: Api, *, proof: bool = True) -> None:
        """Remember that an API did not answer, which alone does not end a right that there was.

        It is no `proof` of anything while nothing else arrives either.
        """
        self.silences[api] += proof
        if api not in self.granted or self.silences[api] >= SILENCES:
            self.set_granted(api, granted=False)

    def add_silent_login(self) -> Api | None:
        """Remember that a login worked and nothing more was answered; return the API that was withdrawn.

        None where that is not clear yet: a PBX may be too busy, and that several were withdrawn at once is
        hard to believe. What was granted stays so, since it is waited for at each login.
        """
        self._silent_logins += 1
        only = next(iter(self.granted)) if len(self.granted) == 1 else None
        return only if self._silent_logins >= SILENCES else None

    @property
    def usable(self) -> set[Api]:
        """Return the APIs that are granted and are not in doubt, having answered the last time."""
        return self.granted - set(self.silences)

    def next_retry(self) -> float:
        """Return what to wait before what was refused is tried again, in seconds."""
        interval, self._retry = self._retry, min(self._retry * 2, REPROBE_SECONDS)
        return interval

    def blame_last_use(self, now: float) -> None:
        """Blame the API that was used right before the PBX closed the connection."""
        if self._last_use is None:
            return
        api, used_at = self._last_use
        self._last_use = None
        if now - used_at <= BLAME_SECONDS and api not in self.granted:
            self.forbidden.add(api)
            self.set_granted(api, granted=False)

    def clear_last_use(self) -> None:
        """Blame nothing, since all answers are there."""
        self._last_use = None

    @property
    def missing(self) -> dict[Api, bool]:
        """Return for each checkbox that matters whether it is missing."""
        relevant = PERSONAL if self._personal else tuple(CHECKBOXES)
        return {api: api not in self.granted for api in relevant}

    def get_capabilities(self) -> frozenset[Capability]:
        """Return what a session can show and do with these rights."""
        able = {capability for api in self.granted for capability in CAPABILITIES[api]}
        if Api.PBX in self.granted and self.diversions:
            able |= FROM_14R1
        elif Api.TABLE in self.granted:
            able |= FORWARDS
        if self._personal and Api.PBX in self.granted:
            able |= PERSONAL_EXTRAS
        return frozenset(able)
