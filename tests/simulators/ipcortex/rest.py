"""Answer the REST interface that the developer pages describe."""

from collections.abc import Callable
import secrets
from typing import TYPE_CHECKING, Any

from .world import User

if TYPE_CHECKING:
    from .server import IpcortexSimulator

COOKIE = "Red60urne"
NIGHT_NUMBERS = {str(number) for number in range(1, 11)}
RECORD_SCOPE = {"minID", "maxRows", "minDate", "maxDate"}
NIGHT_VALUES = {"on", "off", "sched"}
LINK_TYPES = {"link", "forward", "fork", "unlink"}

type Body = dict[str, Any]


class Refusal(Exception):
    """The PABX says no; the text goes to the client, where there is one."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message)
        self.message = message


class Rest:
    """Know the calls and who may make them."""

    def __init__(self, pbx: IpcortexSimulator) -> None:
        self._pbx = pbx
        self.sessions: dict[str, User] = {}
        self._calls: dict[tuple[str, str | None], Callable[[User, Body], Any]] = {
            ("dialplan/read", "nm"): self._night_read,
            ("dialplan/update", "nm"): self._night_update,
            ("dialplan/readnames", "nm"): self._night_names,
            ("dialplan/readcal", "nm"): self._calendar_read,
            ("dialplan/createcal", "nm"): self._calendar_create,
            ("call/read", "cdr"): self._records,
            ("ops/read", "user"): self._users,
            ("ops/update", "user"): self._user_update,
            ("dialplan/read", "extension"): self._extensions,
            ("dialplan/readlink", "user"): self._links,
            ("dialplan/link", "user"): self._link,
            ("dialplan/active", "phone"): self._phones,
            ("dialplan/inactive", "phone"): lambda user, body: [],
        }

    def who(self, body: Body, cookie: str | None) -> User | None:
        """Return who asks, in any of the three ways."""
        auth = body.get("auth")
        if isinstance(auth, dict) and auth.get("key"):
            return next((user for user in self._pbx.world.users.values() if user.key == auth["key"]), None)
        if isinstance(auth, dict) and "username" in auth:
            user = self._pbx.world.users.get(auth["username"])
            return user if user is not None and user.password == auth.get("password") else None
        return self.sessions.get(cookie or "")

    def login(self, user: User, cookie: str | None) -> tuple[str, dict[str, Any]]:
        """Make or take over a session and describe its user."""
        token = cookie if cookie in self.sessions else secrets.token_hex(8)
        self.sessions[token or ""] = user
        companies = {} if user.companies is None else {"companies": user.companies}
        return token or "", {
            "id": user.id,
            "login": user.login,
            "name": user.name,
            "company": user.company,
            "home": "/",
            "session": token,
            "perms": user.perms,
            **companies,
        }

    def call(self, path: str, user: User, body: Body) -> tuple[Any, int]:
        """Do one call and return its values and their number."""
        section, verb, *rest = [*path.split("/"), ""]
        kind = rest[0] or body.get("type")
        handler = self._calls.get((f"{section}/{verb}", kind))
        if handler is None:
            raise Refusal("No such call")
        if f"{section}/{verb}" in self._pbx.faults.forbidden or not self._may(user, kind):
            raise Refusal("Permission denied")
        variety = self._pbx.variety
        if variety is not None and verb.startswith(("read", "active")):
            words = variety.fails()
            if not isinstance(words, bool):
                raise Refusal(words)
        if f"{section}/{verb}" in self._pbx.faults.failing:
            raise Refusal(self._pbx.faults.failing[f"{section}/{verb}"])
        if f"{section}/{verb}" in self._pbx.faults.odd_values:
            return self._pbx.faults.odd_values[f"{section}/{verb}"], 1
        values = [] if f"{section}/{verb}" in self._pbx.faults.ignored else handler(user, body)
        number = len(values) if isinstance(values, list) else 0
        if self._pbx.faults.values_style == "object" and isinstance(values, list):
            values = {str(index): value for index, value in enumerate(values)}
        return values, number

    @staticmethod
    def _may(user: User, kind: Any) -> bool:
        if user.admin:
            return True
        needed = {"nm": "nightmode", "cdr": "billing"}.get(str(kind))
        return needed in user.perms

    def _companies(self, user: User, body: Body) -> list[str]:
        scope = body.get("scope") or {}
        return list(scope.get("company") or user.companies or [user.company])

    def _night_read(self, user: User, body: Body) -> Any:
        modes = self._pbx.world.night_modes
        return {
            company: {str(index + 1): value for index, value in enumerate(modes[company])}
            for company in self._companies(user, body)
            if company in modes
        }

    def _night_update(self, user: User, body: Body) -> Any:
        values = body.get("values")
        if not isinstance(values, dict) or not values.keys() <= NIGHT_NUMBERS:
            self._pbx.violation("night mode numbers")
            raise Refusal("Bad values")
        if not set(values.values()) <= NIGHT_VALUES:
            self._pbx.violation("night mode values")
            raise Refusal("Bad values")
        for company in self._companies(user, body):
            for number, value in values.items():
                self._pbx.world.night_modes[company][int(number) - 1] = value
        return []

    def _night_names(self, user: User, body: Body) -> Any:
        shift = [None] * self._pbx.faults.names_offset
        return {
            company: [*shift, *self._pbx.world.night_names.get(company, [])]
            for company in self._companies(user, body)
        }

    def _calendar_read(self, user: User, body: Body) -> Any:
        return {company: self._pbx.world.calendar.get(company, []) for company in self._companies(user, body)}

    def _calendar_create(self, user: User, body: Body) -> Any:
        values = body.get("values") or {}
        if not {"start", "end", "repeat", "action", "instance", "company"} <= values.keys():
            self._pbx.violation("calendar values")
            raise Refusal("Bad values")
        self._pbx.world.calendar.setdefault(values["company"], []).append({
            "event_start": values["start"],
            "event_end": values["end"],
            "event_action": values["action"],
            "event_repeat": values["repeat"],
            "event_instance": values["instance"],
        })  # fmt: skip
        return []

    def _records(self, user: User, body: Body) -> Any:
        scope = body.get("scope") or {}
        if not scope.keys() <= RECORD_SCOPE or not all(type(value) is int for value in scope.values()):
            self._pbx.violation("scope of call records")
        rows = [
            row
            for row in self._pbx.world.records
            if row["acctid"] >= scope.get("minID", 0)
            and scope.get("minDate", 0) <= row["stamp"] <= scope.get("maxDate", row["stamp"])
        ]
        rows.sort(key=lambda row: row["acctid"])
        return [_without_stamp(row) for row in rows[: scope.get("maxRows", 500)]]

    def _users(self, user: User, body: Body) -> Any:
        return [self._user(each) for each in self._pbx.world.users.values()]

    def _user(self, user: User) -> dict[str, Any]:
        dash = "-" if self._pbx.faults.hyphens else "_"
        return {
            "contact_id": user.id,
            "uname": user.login,
            "name": user.name,
            "company": user.company,
            f"owned{dash}extension": user.extension,
            f"owned{dash}phoneid": user.phone_id,
            "can_hotdesk": user.can_hotdesk,
            "can_forward": True,
            "can_webrtc": 0,
            "vacation": user.vacation,
            "vacation_mode": user.vacation_mode,
        }

    def _user_update(self, user: User, body: Body) -> Any:
        scope, values = body.get("scope") or {}, body.get("values") or {}
        found = [each for each in self._pbx.world.users.values() if each.id == scope.get("contact_id")]
        if not found or not values.keys() <= {"vacation", "vacation_mode"}:
            raise Refusal("No such user")
        found[0].vacation = values.get("vacation", found[0].vacation)
        found[0].vacation_mode = values.get("vacation_mode", found[0].vacation_mode)
        return []

    def _extensions(self, user: User, body: Body) -> Any:
        world = self._pbx.world
        known = {item.extension: (item.owner, item.label) for item in world.devices.values()}
        known |= {number: (owner, number) for number, owner in world.extensions.items()}
        rows: list[dict[str, Any]] = [
            {"virt_exten": number, "scoped_exten": number, "company": "default", "owner": owner,
             "name": name, "ring_type": "ring", "ring_time": 20}
            for number, (owner, name) in known.items()
        ]  # fmt: skip
        scope = (body.get("scope") or {}).items()
        columns = body.get("columns")
        return [
            {name: value for name, value in row.items() if columns is None or name in columns}
            for row in rows
            if all(row.get(name) == value for name, value in scope)
        ]

    def _links(self, user: User, body: Body) -> Any:
        return dict(self._pbx.world.links)

    def _link(self, user: User, body: Body) -> Any:
        for phone, link in (body.get("values") or {}).items():
            if link.get("type") not in LINK_TYPES:
                raise Refusal("A hot desk cannot be set")
            if link["type"] == "unlink":
                self._pbx.world.links.pop(phone, None)
            else:
                self._pbx.world.links[phone] = link
        return []

    def _phones(self, user: User, body: Body) -> Any:
        phones = {item.phone: item for item in self._pbx.world.devices.values() if item.phone}
        return [
            {"phoneid": phone, "phone_type": "Yealink T54W", "type": "sip", "company": "default"}
            for phone in phones
        ]


def _without_stamp(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "stamp"}
