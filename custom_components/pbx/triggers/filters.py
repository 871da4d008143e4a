"""Pick the calls that are asked for."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from ..calls import other_side
from ..coordinator import PbxCoordinator
from ..protocols.call import Call, Party
from ..protocols.enums import ObjectKind
from ..protocols.model import ObjectKey
from .numbers import NumberPatterns


class CallFilter:
    """What is asked of a call; an option that is left out or empty asks for nothing."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._directions = options.get("direction")
        self._outcomes = options.get("outcome")
        self._numbers = _patterns(options.get("number"))
        self._called = _patterns(options.get("called_number"))
        self._tags = [tag.casefold() for tag in options.get("tag", ())]
        self._queues = options.get("queue")

    def match(self, pbx: PbxCoordinator, call: Call, key: ObjectKey) -> bool:
        """Tell whether a call, as an object sees it, is one of those that are asked for."""
        view = call.views().get(key)
        return (
            (not self._directions or call.direction in self._directions)
            and (not self._outcomes or (view is not None and view.outcome in self._outcomes))
            and (self._numbers is None or self._numbers.match(pbx, other_side(call, key)))
            and (self._called is None or self._is_called(pbx, call, self._called))
            and (not self._tags or self._is_tagged(call))
            and (not self._queues or self._is_of_queue(pbx, call))
        )

    def _is_called(self, pbx: PbxCoordinator, call: Call, numbers: NumberPatterns) -> bool:
        """Tell whether an extension, or the number of the company that leads to it, was called."""
        return numbers.match(pbx, call.called) or numbers.match(pbx, Party(number=call.details.get("did")))

    def _is_tagged(self, call: Call) -> bool:
        return call.tag is not None and any(fnmatchcase(call.tag.casefold(), tag) for tag in self._tags)

    def _is_of_queue(self, pbx: PbxCoordinator, call: Call) -> bool:
        if call.queue is None:
            return False
        return pbx.devices.id_of(ObjectKey(ObjectKind.QUEUE, call.queue)) in (self._queues or ())


def _patterns(patterns: Iterable[str] | None) -> NumberPatterns | None:
    return NumberPatterns(patterns) if patterns else None
