"""What can happen at an Axeos PBX."""

from collections.abc import Iterator
from random import Random
from typing import ClassVar, override

from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.call import Call
from tests.simulators.axeos.phone_status import LegState
from tests.simulators.axeos.small_world import OAUTH_CLIENT, make_uuid, phone_uuid, small_world
from tests.simulators.axeos.world import Phone, PhoneLink, User

from .stage import Act, Stage


class AxeosStage(Stage):
    """An Axeos PBX, on which one phone belongs to two users and one user has two phones."""

    login: ClassVar = "axeos_api_key"
    polled = ("_queue_",)
    # Who dials and who talks cannot be told apart by what a fresh start reads.
    lists_calls = False

    def __init__(self, dice: Random) -> None:
        super().__init__(dice)
        world = small_world()
        world.user("bjorn").phones.append(PhoneLink("phone", phone=phone_uuid(5), personal=False))
        world.user("dave").phones.append(PhoneLink("phone", phone=phone_uuid(5), personal=False))
        v1 = dice.random() < 0.5
        if v1:
            self.more = {"client_id": OAUTH_CLIENT[0], "client_secret": OAUTH_CLIENT[1]}
        self.pbx = AxeosSimulator(world, v1=v1)
        self.pbx.faults.dialect.repeats = dice.choice((1, 1, 2))
        self._new = 10

    @override
    def acts(self) -> Iterator[tuple[str, Act]]:
        pbx, dice, world = self.pbx, self.dice, self.pbx.world
        users, phones = list(world.users.values()), list(world.phones.values())
        if len(pbx.engine.calls) < 5:
            called = dice.sample(users, dice.choice((1, 1, 2, 3)))
            yield "incoming", lambda: pbx.engine.incoming(self.number(), "X", users=called).ring()
            yield "incoming silent", lambda: pbx.engine.incoming(self.number(), "", "201")
            phone, number = dice.choice(phones), dice.choice(("201", "202", "203", "290", "0301234", "204"))
            yield "outgoing", lambda: pbx.engine.outgoing(phone, number)
        for call in list(pbx.engine.calls.values()):
            yield from self._acts_of(call)
        yield from self._settings(dice.choice(users), dice.choice(phones))

    def _acts_of(self, call: Call) -> Iterator[tuple[str, Act]]:
        dice = self.dice
        yield "hang up", call.hangup
        if call.ringing and not call.answered:
            leg = dice.choice(call.ringing)
            yield "answer", lambda: call.connect(leg)
            yield "answer too", lambda: call.connect(leg)
            yield "decline", lambda: self.pbx.engine.lines.set_leg(leg, LegState.ENDED)
        if not call.ringing and not call.answered and call.called:
            yield "ring", call.ring
        talking = [leg for leg in call.parties if leg.phone and leg.state is LegState.IN_USE]
        if talking and call.answered:
            leg = dice.choice(talking)
            yield "hold", lambda: self.pbx.engine.lines.set_leg(leg, LegState.ON_HOLD)
            extension = dice.choice(("201", "202", "203"))
            yield "blind", lambda: call.blind_transfer(extension, by=leg.phone)
            if leg in call.targets and any(item.phone for item in self.pbx.engine.legs_to("202")):
                yield "attended", lambda: call.attended_transfer("202", by=leg.phone)
        held = [leg for leg in call.parties if leg.state is LegState.ON_HOLD]
        if held:
            yield "resume", lambda: self.pbx.engine.lines.set_leg(held[0], LegState.IN_USE)

    def _settings(self, user: User, phone: Phone) -> Iterator[tuple[str, Act]]:
        pbx, dice, world = self.pbx, self.dice, self.pbx.world
        yield "offline", lambda: pbx.set_phone_status(phone, 4)
        yield "online", lambda: pbx.set_phone_status(phone, 0)
        yield "there and back", lambda: (pbx.set_phone_status(phone, 4), pbx.set_phone_status(phone, 0))
        yield "rename user", lambda: pbx.rename_user(user, dice.choice(("Éva", None, "Zoë Q", "Bob")))
        yield "rename phone", lambda: pbx.rename_phone(phone, dice.choice(("P", None, "Desk Ö")))
        yield "voicemail", lambda: pbx.leave_voicemail("201")
        yield "heard", lambda: pbx.hear_voicemail("201")
        desks = [item for item in world.phones.values() if item.hot_desk]
        if desks:
            desk = dice.choice(desks)
            yield "sit", lambda: pbx.hot_desk_login(user, desk)
        if user.hot_desk:
            yield "stand up", lambda: pbx.hot_desk_logout(user)
        if dice.random() < 0.3 and len(world.users) < 8:
            yield "add user", lambda: self._add_user(phone)
        if dice.random() < 0.3 and len(world.users) > 3:
            yield "remove user", lambda: pbx.remove_user(user)
        if dice.random() < 0.3 and len(world.phones) > 3:
            yield "remove phone", lambda: pbx.remove_phone(phone)
        if dice.random() < 0.3 and len(world.phones) < 8:
            yield "add phone", self._add_phone
        yield "move phone", lambda: self._move(user, phone)
        yield "dnd", lambda: self._set(user, dnd=not user.dnd)
        yield "forward", lambda: self._set(user, call_forward=dice.choice((None, "0301234", "202")))

    def _set(self, user: User, **settings: object) -> None:
        for name, value in settings.items():
            setattr(user, name, value)
        self.pbx.events.append("user_list_changed")

    def _move(self, user: User, phone: Phone) -> None:
        """Give a phone to a user, or take it away."""
        kept = [link for link in user.phones if link.phone != phone.uuid]
        if len(kept) == len(user.phones):
            kept.append(PhoneLink("phone", phone=phone.uuid, personal=self.dice.random() < 0.5))
        user.phones = kept
        self.pbx.events.append("user_list_changed")

    def _add_user(self, phone: Phone) -> None:
        self._new += 1
        links = [PhoneLink("phone", phone=phone.uuid, personal=True)]
        name = f"new{self._new}"
        self.pbx.add_user(User(make_uuid(1, self._new), name, f"New {self._new}", f"2{self._new}", links))

    def _add_phone(self) -> None:
        self._new += 1
        hot = self.dice.random() < 0.5
        self.pbx.add_phone(Phone(phone_uuid(self._new), f"n{self._new}", f"N {self._new}", hot_desk=hot))

    @override
    def drop(self) -> None:
        self.pbx.events.drop_pollers()

    @override
    def end_calls(self) -> None:
        for call in list(self.pbx.engine.calls.values()):
            call.hangup()
