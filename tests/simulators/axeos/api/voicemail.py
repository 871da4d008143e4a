"""Answer requests about voice mailboxes."""

from typing import Any

from ..endpoint import Endpoint, flag
from ..exchange import Answer, Exchange, forbidden, not_found
from ..world import Mailbox


def describe_mailbox(mailbox: Mailbox, *, status: bool) -> dict[str, Any]:
    """Return a mailbox as the API shows it."""
    fields: dict[str, Any] = {"uuid": mailbox.uuid, "mailbox_number": mailbox.number}
    if status:
        fields |= {
            "new_messages": mailbox.new,
            "old_messages": mailbox.old,
            "urgent_messages": mailbox.urgent,
        }
    return fields


def may_open(exchange: Exchange, mailbox: Mailbox) -> bool:
    """Tell whether a mailbox is open without its password."""
    return exchange.identity.rights.all_mailboxes or exchange.is_own(mailbox.owner)


async def list_mailboxes(exchange: Exchange) -> Answer:
    """Return the mailboxes that are open to who asks."""
    mailboxes = [box for box in exchange.pbx.world.mailboxes.values() if may_open(exchange, box)]
    found = [describe_mailbox(box, status="status" in exchange.query) for box in mailboxes]
    is_alone = len(found) == 1 and not exchange.identity.rights.all_mailboxes
    return Answer(found[0] if is_alone and exchange.pbx.faults.dialect.own_mailbox == "object" else found)


async def get_mailbox(exchange: Exchange) -> Answer:
    """Return one mailbox; another's needs its password."""
    mailbox = exchange.pbx.world.mailboxes.get(exchange.path["uuid"])
    if mailbox is None:
        raise not_found("Mailbox")
    if not may_open(exchange, mailbox) and exchange.query.get("password") != mailbox.password:
        raise forbidden("Wrong mailbox password")
    return Answer(describe_mailbox(mailbox, status=True))


ENDPOINTS = (
    Endpoint("GET", "/apis/pbx/voicemail", list_mailboxes, query={"status": flag}),
    Endpoint("GET", "/apis/pbx/voicemail/{uuid}", get_mailbox, query={"password": str}),
)
