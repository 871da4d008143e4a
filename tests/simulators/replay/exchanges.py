"""The requests of a recording with their answers."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from .matching import count_likeness, describe_subject
from .recording import Line, Recording
from .timeline import Timeline

# What was asked so much earlier, in seconds of the recording, is skipped for what was asked since.
STALE_AFTER = 5.0
# What was answered later than after this was waited for.
LONG = 0.5


@dataclass(slots=True)
class Exchange:
    """One request and what was answered; without an answer the recording ended before it."""

    request: Line
    answer: Line | None = None
    served: bool = False

    @property
    def is_long(self) -> bool:
        """Return whether the answer waited for something to happen."""
        answered = self.answer["t"] if self.answer is not None else float("inf")
        return bool(answered - self.request["t"] > LONG)


@dataclass(slots=True)
class Exchanges:
    """All requests of a recording, by what they ask for; `unmatched` are the paths nobody asked for then."""

    recording: Recording
    timeline: Timeline
    unmatched: list[str] = field(default_factory=list)
    _by_subject: dict[tuple[Any, ...], list[Exchange]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        """Put requests and answers together."""
        open_ones: dict[int, Exchange] = {}
        for line in self.recording.list_lines("http"):
            if line["kind"] == "request":
                exchange = open_ones[line["stream"]] = Exchange(line)
                self._by_subject[_get_subject(line)].append(exchange)
            elif line["stream"] in open_ones:
                open_ones[line["stream"]].answer = line

    def find(self, asked: Line) -> Exchange | None:
        """Return the exchange that a request means now, None where nobody asked for that."""
        likely = self._by_subject.get(_get_subject(asked), [])
        if not likely:
            self.unmatched.append(asked["path"])
            return None
        scores = [(_get_likeness(exchange.request, asked), exchange) for exchange in likely]
        best = max(score for score, _ in scores)
        return self._choose([exchange for score, exchange in scores if score == best])

    def give_up(self, second: float) -> None:
        """Wait no more for what nobody asks now that was asked by a second of the recording."""
        for alike in self._by_subject.values():
            if alike[0].request["t"] < second:
                alike[0].served = True

    def are_asked(self, second: float) -> bool:
        """Return whether all was asked at least once that was asked by a second of the recording."""
        return not any(
            alike[0].request["t"] < second and not any(exchange.served for exchange in alike)
            for alike in self._by_subject.values()
        )

    def _choose(self, alike: list[Exchange]) -> Exchange:
        """Return the first that was not served yet, unless it is so old that another one says more."""
        fresh = [exchange for exchange in alike if not exchange.served]
        if not fresh:
            return alike[-1]
        now = self.timeline.now()
        stale = [exchange for exchange in fresh[1:] if exchange.request["t"] < now - STALE_AFTER]
        chosen = stale[-1] if stale and not _is_ordered(fresh[0].request) else fresh[0]
        for exchange in fresh:
            if exchange.request["t"] <= chosen.request["t"]:
                exchange.served = True
        return chosen


def _is_ordered(request: Line) -> bool:
    """Return whether each answer comes only once."""
    return "socket.io" in request["path"] or is_poll(request)


def is_poll(request: Line) -> bool:
    """Return whether a request waits for something to happen."""
    query = dict(map(tuple, request.get("query") or ()))
    return query.get("timeout", "0") != "0" or ("socket.io" in request["path"] and "sid" in query)


def _get_subject(line: Line) -> tuple[Any, ...]:
    path = line["path"].rstrip("/")
    return (line["method"], path, is_poll(line), *describe_subject(_get_value(line)))


def _get_value(line: Line) -> Any:
    body = line.get("body") or {}
    return next(iter(body.values()), None)


def _get_likeness(recorded: Line, asked: Line) -> int:
    query = count_likeness(dict(map(tuple, recorded["query"])), dict(map(tuple, asked["query"])))
    return query + count_likeness(_get_value(recorded), _get_value(asked))
