"""What can happen at a PBX at the moment, by chance."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, ClassVar

type Act = Callable[[], object]
NUMBERS = ("+31201234567", "+31209876543", "+4989123456", "0612345678", "")


class Stage(ABC):
    """A simulated PBX, and what can happen there."""

    login: ClassVar[str]
    pbx: Any
    # What the login has besides.
    more: Mapping[str, Any] = {}
    # Whether a fresh session can ask for the calls that are open.
    lists_calls = True
    # What nobody is told of when it changes, by parts of unique ids.
    polled: tuple[str, ...] = ()

    def __init__(self, dice: Random) -> None:
        self.dice = dice

    @abstractmethod
    def acts(self) -> Iterator[tuple[str, Act]]:
        """Yield what can happen now, each with its name."""

    @abstractmethod
    def drop(self) -> None:
        """Cut all connections, while all else goes on."""

    def number(self) -> str:
        """Return the number of somebody outside."""
        return self.dice.choice(NUMBERS)

    def end_calls(self) -> None:
        """End all calls, where a fresh session cannot ask for them."""
        raise NotImplementedError

    def is_ready(self, hub: Any) -> bool:
        """Return whether a session hears of everything by now."""
        return bool(hub.connected)
