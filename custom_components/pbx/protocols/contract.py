"""Hold sessions to their contract: all that goes wrong in one leaves it as an error of the contract."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
import inspect
import logging
import traceback
from typing import Any, cast

from .commands import PbxCommands
from .errors import ConnectionLost, PbxError, UnexpectedError

_LOGGER = logging.getLogger(__name__)

# So many places where something unexpected happens are remembered.
MOST_PLACES = 100

type _Place = tuple[str, str, int | None]


class Contract:
    """Turn unexpected errors into UnexpectedError, each logged with its traceback once for each place."""

    def __init__(self) -> None:
        self._logged: set[_Place] = set()

    @contextmanager
    def hold(self, what: str) -> Iterator[None]:
        """Let only PbxError out of a block, and the cancellation of the task that runs it.

        `what` names the block in the log.
        """
        try:
            yield
        except PbxError:
            raise
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Nothing wants this task to end: something that it waited for was cancelled.
            raise ConnectionLost("the connection was given up meanwhile") from None
        except Exception as err:  # noqa: BLE001
            self.log(what, err)
            # The text of a strange error may hold a secret or a number, so it goes nowhere.
            raise UnexpectedError(f"unexpected error ({type(err).__name__})") from None

    def ask[T](self, what: str, question: Callable[[], T], otherwise: T) -> T:
        """Return the answer of a session to what needs no network, or another one where it fails."""
        with suppress(PbxError), self.hold(what):
            return question()
        return otherwise

    def log(self, what: str, error: BaseException) -> None:
        """Log an unexpected error: with its traceback the first time that it comes from its place."""
        place = _get_place(error)
        if place in self._logged:
            _LOGGER.debug("Unexpected error again, %s: %s", what, type(error).__name__)
            return
        if len(self._logged) < MOST_PLACES:
            self._logged.add(place)
        _LOGGER.error("Unexpected error, %s:\n%s", what, format_traceback(error))


def guard_commands(commands: PbxCommands, contract: Contract) -> PbxCommands:
    """Return commands that raise errors of the contract only."""
    return cast("PbxCommands", _GuardedCommands(commands, contract))


class _GuardedCommands:
    def __init__(self, commands: PbxCommands, contract: Contract) -> None:
        self._commands = commands
        self._contract = contract

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._commands, name)
        return self._guard(name, value) if inspect.iscoroutinefunction(value) else value

    def _guard(self, name: str, command: Callable[..., Any]) -> Callable[..., Any]:
        async def run(*args: Any, **kwargs: Any) -> Any:
            with self._contract.hold(f"command {name}"):
                return await command(*args, **kwargs)

        return run


def format_traceback(error: BaseException) -> str:
    """Return where an error and those behind it were raised, by their types and without their texts."""
    parts = []
    known: BaseException | None = error
    while known is not None:
        parts += traceback.format_tb(known.__traceback__)
        parts.append(type(known).__qualname__ + "\n")
        known = known.__cause__ or (None if known.__suppress_context__ else known.__context__)
    return "".join(parts).rstrip()


def _get_place(error: BaseException) -> _Place:
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    return type(error).__qualname__, last.filename if last else "", last.lineno if last else None
