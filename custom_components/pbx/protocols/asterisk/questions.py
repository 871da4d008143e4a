"""What dial plans ask by `AGI(agi:async,…)`, each question until it is answered or its time is over."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import count

from ..changes import CallQuestion
from ..errors import CommandFailed
from ..lazy_dataclass import dataclass
from ..session import Clock
from .decode import get_now
from .decode_calls import Question

# More questions at once than this are not remembered: the oldest ones go unanswered.
MOST_QUESTIONS = 500


@dataclass(frozen=True, slots=True)
class _Asked:
    question: Question
    until: float


class Questions:
    """The questions that wait for an answer, by the id that each is given."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._asked: dict[str, _Asked] = {}
        self._numbers = count(1)

    def add(self, question: Question) -> CallQuestion:
        """Remember a question, and return it as a session reports it."""
        key = f"{question.channel.id}/{next(self._numbers)}"
        self._asked[key] = _Asked(question, self._clock.time() + self._seconds)
        while len(self._asked) > MOST_QUESTIONS:
            del self._asked[next(iter(self._asked))]
        return CallQuestion(
            id=key,
            call=question.channel.call or question.channel.id,
            name=question.name,
            arguments=question.arguments,
            deadline=get_now() + timedelta(seconds=self._seconds),
        )

    def withdraw(self, key: str) -> Question:
        """Return a question that is to be answered now, and forget it; CommandFailed where it is over."""
        asked = self._asked.pop(key, None)
        if asked is None or asked.until <= self._clock.time():
            raise CommandFailed("no_such_question")
        return asked.question

    def withdraw_overdue(self) -> list[Question]:
        """Return the questions whose time is over, and forget them."""
        now = self._clock.time()
        overdue = [key for key, asked in self._asked.items() if asked.until <= now]
        return [self._asked.pop(key).question for key in overdue]

    @property
    def next_deadline(self) -> float | None:
        """Return when the time of the next question is over, None where none waits."""
        return min((asked.until for asked in self._asked.values()), default=None)

    def forget_channel(self, channel: str) -> None:
        """Forget what was asked in a channel that is gone."""
        self._asked = {
            key: asked for key, asked in self._asked.items() if asked.question.channel.id != channel
        }

    def clear(self) -> None:
        """Forget everything, since the connection by which it was asked is gone."""
        self._asked.clear()


def get_agi_variables(variables: Mapping[str, str]) -> list[str]:
    """Return the AGI commands that set channel variables; raises CommandFailed for what is no name of one."""
    if not all(name.replace("_", "").isalnum() and name.isascii() for name in variables):
        raise CommandFailed("invalid_text")
    return [f"SET VARIABLE {name} {_quote(value)}" for name, value in variables.items()]


def _quote(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
