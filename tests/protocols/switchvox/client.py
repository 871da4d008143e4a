"""What a client knows of a simulated Switchvox."""

from typing import Any

from custom_components.pbx.protocols.call import Call
from custom_components.pbx.protocols.enums import ObjectKind
from custom_components.pbx.protocols.keys import ObjectKey
from tests.protocols.client import Clients, address
from tests.protocols.collector import Collector
from tests.simulators.switchvox import OWN, PASSWORD, SwitchvoxSimulator

ANNA, BERT, CARA, DAVE, SALES = "1101", "1102", "1103", "1104", "1201"


class Client(Collector):
    """Know the objects of a simulated Switchvox."""

    def user(self, user: str) -> Any:
        """Return what is shown of a user."""
        return self.get(ObjectKind.USER, user)

    def phone(self, phone: str) -> Any:
        """Return what is shown of a phone."""
        return self.get(ObjectKind.PHONE, phone)

    def story(self, user: str) -> list[str]:
        """Return what happened to a user."""
        return [moment.type for moment in self.moments if moment.key == ObjectKey(ObjectKind.USER, user)]

    def last(self, user: str) -> Call:
        """Return the call of the latest moment of a user."""
        calls = [moment.call for moment in self.moments if moment.key.id == user]
        assert calls[-1] is not None
        return calls[-1]

    @property
    def open_calls(self) -> list[Call]:
        """Return the calls that are up."""
        return list(self.state.calls.open)


def settings(pbx: SwitchvoxSimulator, *, admin: bool = False, **more: Any) -> dict[str, Any]:
    """Return settings that log in to the simulated PBX."""
    login = {"extension": OWN, "password": PASSWORD}
    if admin:
        login |= {"admin_username": pbx.world.admin[0], "admin_password": pbx.world.admin[1]}
    return {**address(pbx), **login, **more}


CLIENTS = Clients("switchvox", settings, Client)
session_for, client_for = CLIENTS.session_for, CLIENTS.client_for
