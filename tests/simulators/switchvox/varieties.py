"""Choose one of the many ways in which a Switchvox may speak, by a seed."""

from random import Random

from .dialect import Dialect, Events, Extend, Realtime, Transport

TARGETS = (
    "account_id",
    "account_id_and_server",
    "account_id_text",
    "account_id_and_extension",
    "extension",
    "bare",
    "id",
)
# The words of the page as another program might write them.
SPACED = {"onThePhone": "On the phone", "onHold": "ON_HOLD", "idle": "Idle", "ringing": "RINGING"}
# Members of an event without which a client can do.
LEFT_OUT = ("serverTime", "direction", "endpoint", "startTime")


def vary(seed: int) -> Dialect:
    """Return a dialect that the protocol text allows, always the same one for a seed."""
    dice = Random(seed)

    def flip() -> bool:
        return dice.random() < 0.5

    websocket = flip()
    return Dialect(
        transport=Transport(eio=dice.choice((3, 4)), websocket=websocket, disconnect_packet=flip()),
        realtime=Realtime(
            accepted_targets={dice.choice(TARGETS)},
            string_ids=flip(),
            parking_topic=flip(),
            parking_targets=dice.choice(("none", "empty", "some")),
            logout_response=flip(),
            snapshot_on_subscribe=dice.choice(("none", "active", "all")),
        ),
        events=Events(
            timestamps=dice.choice(("milliseconds", "seconds", "string", "iso", "local")),
            account_ids=dice.choice(("int", "string", "bare")),
            parties=dice.choice(("endpoint", "flat", "callerId", "caller")),
            remotes_while_ringing=flip(),
            nulls=flip(),
            extra_fields=flip(),
            idle_first=flip(),
            clock_back=dice.choice((0, 0, 3600, -3600)),
            repeats=dice.choice((1, 1, 2)),
            status_words=dice.choice(({}, {}, SPACED)),
            missing_fields=set(
                dice.sample(("serverTime", "direction", "endpoint", "startTime"), dice.choice((0, 1)))
            ),
        ),
        extend=Extend(
            auth=dice.choice(("basic", "digest", "both")),
            numbers=dice.choice(("int", "string")),
            one_as_object=flip(),
            server_uuid=True,
            chunked=flip(),
            utc_offset=dice.choice((-6.0, 0.0, 5.5)),
        ),
    )
