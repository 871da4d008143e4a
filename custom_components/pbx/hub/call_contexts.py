"""The contexts in which Home Assistant hears of calls, so that actions know which call started them."""

from homeassistant.core import Context

from ..protocols.call import Call
from ..protocols.changes import Moment
from ..protocols.enums import OVER
from ..protocols.keys import ObjectKey

MOST_REMEMBERED = 5000
# An automation may wait for a while before it tells of a call that is over.
MOST_ENDED = 500
# They are answered within seconds, or not at all.
MOST_QUESTIONS = 500


class CallContexts:
    """Contexts of moments, each with the call and the object that it is about, and with what was asked."""

    def __init__(self) -> None:
        self._calls: dict[str, tuple[str, ObjectKey]] = {}
        self._ended: dict[str, Call] = {}
        self._questions: dict[str, str] = {}
        self._last: tuple[Moment, Context] | None = None

    def get_context(self, moment: Moment) -> Context:
        """Return the context of a moment, the same one for all listeners."""
        if self._last is None or self._last[0] is not moment:
            self._last = moment, self._create(moment)
        return self._last[1]

    def get_call_id(self, context_id: str | None) -> str | None:
        """Return the id of the call that a context is about, or None."""
        found = self._calls.get(context_id) if context_id is not None else None
        return found[0] if found is not None else None

    def get_ended_call(self, call_id: str) -> Call | None:
        """Return a call that has ended, for all or for one, None where it is no call or too long ago."""
        return self._ended.get(call_id)

    def get_key(self, context: Context) -> ObjectKey | None:
        """Return the object that a context or its parent is about, or None."""
        known = (self._calls.get(name) for name in (context.id, context.parent_id) if name is not None)
        return next((found[1] for found in known if found is not None), None)

    def get_question(self, context: Context) -> str | None:
        """Return the id of the question that a context or its parent is about, or None."""
        known = (self._questions.get(name) for name in (context.id, context.parent_id) if name is not None)
        return next((question for question in known if question is not None), None)

    def was_asked(self, question: str) -> bool:
        """Return whether an automation could have been triggered by a question, by its id."""
        return question in self._questions.values()

    def _create(self, moment: Moment) -> Context:
        context = Context()
        if moment.call is not None:
            self._calls[context.id] = moment.call.id, moment.key
            self._keep_ended(moment)
        if len(self._calls) > MOST_REMEMBERED:
            del self._calls[next(iter(self._calls))]
        if (question := moment.data.get("question_id")) is not None:
            self._questions[context.id] = question
        if len(self._questions) > MOST_QUESTIONS:
            del self._questions[next(iter(self._questions))]
        return context

    def _keep_ended(self, moment: Moment) -> None:
        if moment.call is None or moment.type not in OVER:
            return
        self._ended[moment.call.id] = moment.call
        if len(self._ended) > MOST_ENDED:
            del self._ended[next(iter(self._ended))]
