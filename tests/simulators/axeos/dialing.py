"""Find the legs that a call has to ring."""

from collections.abc import Callable

from .call_parts import Leg
from .dialect import Dialect
from .phone_status import can_ring
from .world import Phone, PhoneLink, User, World

BUSY_FLAGS = 1 | 2 | 16


class Dialing:
    """Turn users, phones and numbers into legs."""

    def __init__(self, world: World, dialect: Dialect, new_id: Callable[[], str]) -> None:
        self._world = world
        self._dialect = dialect
        self._new_id = new_id
        self._makers: dict[str, Callable[[User, PhoneLink], Leg | None]] = {
            "phone": self._phone,
            "hot-desk": self._hot_desk,
            "number": self._number,
            "trunk number": self._trunk_number,
        }

    def legs_for(self, item: User | Phone) -> list[Leg]:
        """Return the legs to ring, none for who must or can not be disturbed."""
        if isinstance(item, Phone):
            return [self.phone_leg(item)] if can_ring(item.status_code) else []
        if item.dnd:
            return []
        if item.call_forward:
            return [self._far_leg(item, "forward", item.call_forward)]
        return [leg for leg in self.links_of(item) if not _waits_in_vain(item, leg)]

    def links_of(self, user: User) -> list[Leg]:
        """Return a leg for each of a user's phones that can be reached."""
        legs = [self._makers[link.type](user, link) for link in user.phones]
        return [leg for leg in legs if leg and (leg.phone is None or can_ring(leg.phone.status_code))]

    def phone_leg(self, phone: Phone, user: User | None = None, kind: str | None = None) -> Leg:
        """Return a leg to a phone, by itself or as one of a user's phones."""
        number = user.extension if user else phone.extension or phone.username
        name = (user.full_name or user.username) if user else phone.name or ""
        return Leg(
            self._new_id(),
            phone,
            number=number,
            name=name,
            user_uuid=user.uuid if user else None,
            user_phone_type=kind,
        )

    def outside_leg(self, number: str, name: str = "") -> Leg:
        """Return a leg to a number elsewhere."""
        return Leg(self._new_id(), number=number, name=name)

    def _phone(self, user: User, link: PhoneLink) -> Leg | None:
        """Ring an assigned phone."""
        phone = self._world.phones.get(link.phone or "")
        return self.phone_leg(phone, user, "phone") if phone else None

    def _hot_desk(self, user: User, link: PhoneLink) -> Leg | None:
        """Ring the phone that the user is logged in to."""
        phone = self._world.phones.get(user.hot_desk or "")
        return self.phone_leg(phone, user, "hot-desk") if phone else None

    def _number(self, user: User, link: PhoneLink) -> Leg:
        """Ring a number."""
        return self._far_leg(user, "number", link.number or "")

    def _trunk_number(self, user: User, link: PhoneLink) -> Leg:
        """Ring a number through a certain trunk."""
        leg = self._far_leg(user, self._dialect.target_trunk_number, link.number or "")
        leg.trunk_uuid = link.trunk
        return leg

    def _far_leg(self, user: User, kind: str, number: str) -> Leg:
        """Return a leg to a number on behalf of a user."""
        leg = self.outside_leg(number, user.full_name or user.username)
        leg.user_uuid, leg.user_phone_type = user.uuid, kind
        return leg


def _waits_in_vain(user: User, leg: Leg) -> bool:
    """Return whether a leg's phone is in use and its user wants no call waiting."""
    return not user.cw and leg.phone is not None and bool(leg.phone.status_code & BUSY_FLAGS)
