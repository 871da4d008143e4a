"""Who asks, and which telephone is theirs."""

from collections.abc import Iterator
from dataclasses import dataclass

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import device_registry as dr

from ..coordinator import PbxCoordinator, loaded_pbxs
from ..protocols.enums import ObjectKind
from ..protocols.model import User
from ..targets import Target, own_targets
from .errors import Unable


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Somebody who asks, as far as that is known: by their login, or by the device that they speak to."""

    hass: HomeAssistant
    context: Context
    assistant: str | None = None
    device_id: str | None = None

    @property
    def pbxs(self) -> list[PbxCoordinator]:
        """Return every PBX that is set up, or raise where there is none."""
        loaded = loaded_pbxs(self.hass)
        if not loaded:
            raise Unable("no_pbx")
        return loaded

    def telephone(self) -> Target:
        """Return the user that asks, else the one telephone in the room, else the only user there is."""
        own = own_targets(self.hass, self.context)
        if own:
            return own[0]
        for found in (self._here(ObjectKind.USER), self._here(ObjectKind.PHONE), self._users()):
            if len(found) == 1:
                return found[0]
        raise Unable("no_own_telephone")

    def user(self) -> Target:
        """Return the user that asks, or the one whose telephone is in the room."""
        target = self.telephone()
        if target.key.kind is ObjectKind.USER:
            return target
        users = [user for user in self._users() if user.pbx is target.pbx and _uses(user, target.key.id)]
        if len(users) != 1:
            raise Unable("not_for_a_phone")
        return users[0]

    def _users(self) -> list[Target]:
        return [
            Target(pbx, key) for pbx in self.pbxs for key in pbx.imports.keys if key.kind is ObjectKind.USER
        ]

    def _here(self, kind: ObjectKind) -> list[Target]:
        """Return what is in the area of the device that somebody speaks to."""
        registry = dr.async_get(self.hass)
        speaker = registry.async_get(self.device_id) if self.device_id is not None else None
        area = dr.async_get_effective_area_id(self.hass, speaker) if speaker is not None else None
        if area is None:
            return []
        return [
            target
            for target, device in devices(self.pbxs)
            if target.key.kind is kind and device.area_id == area
        ]


def devices(pbxs: list[PbxCoordinator]) -> Iterator[tuple[Target, dr.AnyDeviceEntry]]:
    """Yield every object that has a device."""
    for pbx in pbxs:
        for key, device in pbx.devices.all():
            if pbx.state.get(key) is not None:
                yield Target(pbx, key), device


def _uses(target: Target, phone: str) -> bool:
    user = target.pbx.state.get(target.key)
    return isinstance(user, User) and (
        user.hot_desk == phone or any(place.phone == phone and place.personal for place in user.phones)
    )
