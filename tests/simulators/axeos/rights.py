"""Say what a login may do; the vendor names only some of these limits, the rest are sensible guesses."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rights:
    """List what a login may do beyond its own user."""

    system_information: bool = True
    users: bool = True
    phones: bool = True
    events: bool = True
    acd: bool = False
    reset_acd: bool = False
    switches: bool = False
    set_switches: bool = False
    all_mailboxes: bool = False
    all_settings: bool = False
    assign_hot_desk: bool = False
    all_calls: bool = False
    any_phone: bool = False


PLAIN_RIGHTS = Rights()
FULL_RIGHTS = Rights(
    acd=True,
    reset_acd=True,
    switches=True,
    set_switches=True,
    all_mailboxes=True,
    all_settings=True,
    assign_hot_desk=True,
    all_calls=True,
    any_phone=True,
)
# The vendor grants the other three to "apiKey authentication" only, so a literal PBX denies them to an admin.
LITERAL_ADMIN_RIGHTS = Rights(
    acd=True, reset_acd=True, switches=True, set_switches=True, all_settings=True, all_calls=True
)
