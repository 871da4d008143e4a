"""Let things happen at the PBX other than calls, and tell the pollers."""

from .call_engine import CallEngine
from .event_buffer import EventBuffer
from .world import Mailbox, Phone, User, World


class Office:
    """Change the world the way people and administrators do."""

    world: World
    events: EventBuffer
    engine: CallEngine

    def hot_desk_login(self, user: User | str, phone: Phone | str) -> None:
        """Log a user in at a hot-desk phone, whoever was there before."""
        user, phone = self.world.user(user), self.world.phone(phone)
        if phone.hot_desk_user == user.uuid:
            return
        self.hot_desk_logout(user)
        if phone.hot_desk_user:
            self.hot_desk_logout(phone.hot_desk_user)
        user.hot_desk, phone.hot_desk_user = phone.uuid, user.uuid
        self.events.append("user_logged_in", user_uuid=user.uuid, phone_uuid=phone.uuid)

    def hot_desk_logout(self, user: User | str) -> None:
        """Log a user out of his hot-desk phone, if he has one."""
        user = self.world.user(user)
        if user.hot_desk is None:
            return
        phone_uuid, user.hot_desk = user.hot_desk, None
        if phone := self.world.phones.get(phone_uuid):
            phone.hot_desk_user = None
        self.events.append("user_logged_out", user_uuid=user.uuid, phone_uuid=phone_uuid)

    def set_phone_status(self, phone: Phone | str, code: int) -> None:
        """Override a phone's status code, such as 4 for unavailable; 0 ends that."""
        self.engine.lines.set_condition(self.world.phone(phone), code)

    def leave_voicemail(self, mailbox: Mailbox | str, *, urgent: bool = False) -> None:
        """Record a message; an urgent one counts apart, which no event tells."""
        mailbox = self.world.mailbox(mailbox)
        if urgent:
            mailbox.urgent += 1
        else:
            mailbox.new += 1
        self.report_mailbox(mailbox)

    def hear_voicemail(self, mailbox: Mailbox | str) -> None:
        """Turn all new messages into old ones."""
        mailbox = self.world.mailbox(mailbox)
        mailbox.old += mailbox.new
        mailbox.new = 0
        self.report_mailbox(mailbox)

    def report_mailbox(self, mailbox: Mailbox) -> None:
        """Tell the state of a mailbox."""
        self.events.append(
            "voicemail_status",
            voicemail_uuid=mailbox.uuid,
            mailbox_number=mailbox.number,
            new_messages=mailbox.new,
            old_messages=mailbox.old,
        )

    def add_user(self, user: User) -> User:
        """Add a user."""
        self.world.add(user)
        self.events.append("user_list_changed")
        return user

    def remove_user(self, user: User | str) -> None:
        """Remove a user, who is logged out first."""
        user = self.world.user(user)
        self.hot_desk_logout(user)
        del self.world.users[user.uuid]
        self.events.append("user_list_changed")

    def rename_user(self, user: User | str, full_name: str | None) -> None:
        """Change the full name of a user."""
        self.world.user(user).full_name = full_name
        self.events.append("user_list_changed")

    def add_phone(self, phone: Phone) -> Phone:
        """Add a phone."""
        self.world.add(phone)
        self.events.append("phone_list_changed")
        return phone

    def remove_phone(self, phone: Phone | str) -> None:
        """Remove a phone and whatever assigns it to somebody."""
        phone = self.world.phone(phone)
        if phone.hot_desk_user:
            self.hot_desk_logout(phone.hot_desk_user)
        del self.world.phones[phone.uuid]
        for user in self.world.users.values():
            user.phones = [link for link in user.phones if link.phone != phone.uuid]
        self.events.append("phone_list_changed")

    def rename_phone(self, phone: Phone | str, name: str | None) -> None:
        """Change the name of a phone."""
        self.world.phone(phone).name = name
        self.events.append("phone_list_changed")
