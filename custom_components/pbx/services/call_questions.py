"""Answer what the dial plan of a PBX asks about a call."""

from homeassistant.const import ATTR_CONFIG_ENTRY_ID

from ..errors import invalid
from ..hub.hub import PbxHub, loaded_hubs
from ..protocols.keys import PBX_KEY
from ..targets import ActionCall
from .common import get_hub_of_entry
from .fields import ATTR_QUESTION_ID, ATTR_VARIABLES


async def _answer_call_question(call: ActionCall) -> None:
    """Answer a question, so that its call goes on with some variables set."""
    hub, question = _find_question(call)
    # What a dial plan does with the answer is up to it, so that who answers steers the whole PBX.
    call.authorize(hub, PBX_KEY)
    await hub.commands.answer_call_question(question, call.data[ATTR_VARIABLES])


def _find_question(call: ActionCall) -> tuple[PbxHub, str]:
    """Return the PBX and id of the question in `question_id`, else of the one that led to the action.

    Raises ServiceValidationError without any.
    """
    named = call.data.get(ATTR_QUESTION_ID)
    if ATTR_CONFIG_ENTRY_ID in call.data and named is not None:
        return get_hub_of_entry(call), named
    for hub in loaded_hubs(call.hass):
        question = named or hub.call_contexts.get_question(call.context)
        if question is not None and hub.call_contexts.was_asked(question):
            return hub, question
    raise invalid("no_such_question")


# What runs each action.
RUN = {"answer_call_question": _answer_call_question}
