"""One connection of a recording, spoken again: in its order, and never ahead of the client."""

from collections.abc import Awaitable, Callable
from typing import Any

from .exchanges import Exchanges
from .matching import count_likeness, describe_subject, iter_ids, replace_ids
from .recording import Line
from .timeline import SETTLE, Timeline

type Send = Callable[[Any], Awaitable[None]]


class Conversation:
    """Say what the PBX said on one connection, once the client has asked what it had asked by then.

    `messages` are `(second, is sent by the client, message)`; `exchanges` are
    the requests that the client makes besides.
    """

    def __init__(
        self,
        messages: list[tuple[float, bool, Any]],
        timeline: Timeline,
        send: Send,
        exchanges: Exchanges | None = None,
    ) -> None:
        self._messages = messages
        self._timeline = timeline
        self._send = send
        self._exchanges = exchanges
        self._asked = [index for index, (_, is_sent, _) in enumerate(messages) if is_sent]
        self._waiting = set(self._asked)
        self._subjects = {index: describe_subject(messages[index][2]) for index in self._asked}
        self._ids: dict[str, str] = {}
        self._said = 0
        self.unmatched: list[Any] = []

    async def run(self) -> None:
        """Say everything, and return once it is said."""
        for index, (second, is_sent, message) in enumerate(self._messages):
            if not is_sent:
                await self._wait_for_client(index, second)
                await self._send(replace_ids(message, self._ids))
            self._said = index

    async def _wait_for_client(self, index: int, second: float) -> None:
        """Wait until the client has sent what it had sent before this, or does not seem to do so."""

        def is_ready() -> bool:
            is_asked = self._exchanges is None or self._exchanges.are_asked(second)
            return is_asked and not any(sent < index for sent in self._waiting)

        settle = SETTLE if self._exchanges is not None else 0.0
        if not await self._timeline.wait_for(second, is_ready, settle):
            self._waiting -= {sent for sent in self._waiting if sent < index}
            if self._exchanges is not None:
                self._exchanges.give_up(second)

    async def hear(self, message: Any) -> None:
        """Handle what the client sends: it lets the recording go on, or is answered as it was before."""
        waiting = self._find(message, [index for index in self._asked if index in self._waiting])
        if waiting is not None:
            self._waiting.discard(waiting)
            self._rename(self._messages[waiting][2], message)
            self._timeline.notify()
            return
        before = self._find(message, [index for index in self._asked if index <= self._said])
        if before is None:
            self.unmatched.append(message)
            return
        await self._answer_again(before, message)

    def _find(self, message: Any, among: list[int]) -> int | None:
        """Return which recorded message is meant; the first of those that are equally alike."""
        subject = describe_subject(message)
        alike = [index for index in among if self._subjects[index] == subject]
        return max(
            alike, key=lambda index: (count_likeness(self._messages[index][2], message), -index), default=None
        )

    def _rename(self, recorded: Any, asked: Any) -> None:
        for old, new in zip(iter_ids(recorded), iter_ids(asked), strict=False):
            self._ids[old] = new

    async def _answer_again(self, index: int, message: Any) -> None:
        """Send what belonged to an earlier request once more."""
        ids = dict(zip(iter_ids(self._messages[index][2]), iter_ids(message), strict=False))
        for _, is_sent, said in self._messages[index + 1 :]:
            if not is_sent and ids.keys() & set(iter_ids(said)):
                await self._send(replace_ids(said, ids))


def list_messages(lines: list[Line], read: Callable[[Line], Any]) -> list[tuple[float, bool, Any]]:
    """Return the messages of a connection, each as `read` returns it, without those for which it is None."""
    kinds = {"sent": True, "received": False}
    messages = [(line["t"], kinds[line["kind"]], read(line)) for line in lines if line["kind"] in kinds]
    return [message for message in messages if message[2] is not None]
