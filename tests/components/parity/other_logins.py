"""Tell stories through logins that may do something else than the usual ones."""

from typing import Any, override

from tests.simulators.ipcortex.small_world import ADMIN

from .innovaphone import InnovaphoneTeller
from .ipcortex import IpcortexTeller
from .teller import Teller


class InnovaphoneUserTeller(InnovaphoneTeller):
    """Alice at extension 201, whose own login is used."""

    def __init__(self) -> None:
        super().__init__()
        self._user = self.pbx.world.get("alice")
        self.anna = self._user.guid

    @property
    @override
    def login(self) -> dict[str, Any]:
        login = {"login": "innovaphone_user", "username": "alice", "password": "alicepw"}
        return {"system": "innovaphone", **login}

    @property
    @override
    def ready(self) -> bool:
        return self.is_followed


class IpcortexAdminTeller(IpcortexTeller):
    """Anna Archer at extension 201, seen through the login of an administrator."""

    def __init__(self) -> None:
        super().__init__()
        self.system_id = f"{self.pbx.host}-{self._user.company}-{self.pbx.world.users[ADMIN[0]].id}"

    @property
    @override
    def login(self) -> dict[str, Any]:
        username, password = ADMIN
        return super().login | {"username": username, "password": password, "settings_interval": 0.2}


OTHER_LOGINS: dict[str, type[Teller]] = {
    "innovaphone_user": InnovaphoneUserTeller,
    "ipcortex_admin": IpcortexAdminTeller,
}
