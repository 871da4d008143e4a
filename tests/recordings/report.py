"""Say in words what a recording holds, what was understood of it, and what it says to our assumptions.

It is played against the integration as it is, which connects to it as it would to the PBX.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
import sys

from custom_components.pbx.protocols.changes import RawEvent
from custom_components.pbx.protocols.evidence import Verdict
from custom_components.pbx.protocols.keys import PBX_KEY
from custom_components.pbx.protocols.recorder import Recorder
from custom_components.pbx.protocols.shapes import ShapeBook
from tests.simulators.common.clock import Clock
from tests.simulators.replay import Recording, Replay, load_recording, make_replay

from .story import Watcher, list_moments, watching

# After the end of a recording there may be something on its way, for so long, in seconds.
GRACE = 2.0
# One that says at no door that it is over is taken for that after so long, in seconds.
LONGEST = 20.0
_WORDS = {
    Verdict.CONFIRMED: "seen",
    Verdict.REFUTED: "seen otherwise",
    Verdict.NOT_MET: "still assumed",
}


async def report(recording: Recording, speed: float, grace: float = GRACE) -> list[str]:
    """Play a recording, so many times as fast, and return what there is to say of it, line by line."""
    replay = make_replay(recording, speed=speed)
    async with replay, watching(replay.settings, Recorder(), Clock(rate=speed)) as watcher:
        await _play(replay, watcher, grace)
        return [
            *_describe_file(recording),
            "",
            *_describe_shown(watcher),
            "",
            *_describe_unknown(watcher, replay),
            "",
            *_describe_evidence(watcher),
        ]


async def _play(replay: Replay, watcher: Watcher, grace: float) -> None:
    """Wait until the recording is over and nothing more comes."""
    with suppress(TimeoutError):
        async with asyncio.timeout(replay.recording.seconds / replay.timeline.speed * 3 + LONGEST):
            await _play_whole(replay, watcher, grace)


async def _play_whole(replay: Replay, watcher: Watcher, grace: float) -> None:
    while replay.timeline.now() < replay.recording.seconds or not replay.finished:
        await asyncio.sleep(0.05)
    seen = -1
    while seen != watcher.batches:
        seen = watcher.batches
        await asyncio.sleep(grace)


def _describe_file(recording: Recording) -> Iterator[str]:
    head = recording.head
    release = head.get("pbx_version") or "of unknown release"
    yield f"{head['system']} {release}: {len(recording.lines)} messages in {recording.seconds:.0f} s"
    doors = Counter(f"{line['door']} {line['kind']}" for line in recording.lines)
    yield "  " + ", ".join(f"{count} {name}" for name, count in doors.most_common())


def _describe_shown(watcher: Watcher) -> Iterator[str]:
    """Say what Home Assistant would have shown."""
    kinds = Counter(str(key.kind) for key in watcher.state.objects if key != PBX_KEY)
    yield "Shown: " + ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    for key, values in watcher.shown.items():
        if len(values) > 1:
            yield f"  {key}: {' → '.join(values)}"
    moments = Counter(moment for _, moment in list_moments(watcher))
    yield "Told: " + (", ".join(f"{count} {moment}" for moment, count in moments.items()) or "nothing")
    for error in watcher.errors:
        yield f"Lost: {error}"


def _describe_unknown(watcher: Watcher, replay: Replay) -> Iterator[str]:
    """Say what no decoder knows: names, shapes and counts."""
    events = [change for change in watcher.changes if isinstance(change, RawEvent)]
    unknown = ShapeBook()
    for event in events:
        if not event.understood:
            unknown.add(event.type, dict(event.data))
    count = sum(not event.understood for event in events)
    yield f"Events: {len(events)}, of which {count} are not understood"
    for entry in unknown.report():
        yield f"  {entry['count']} times {entry['topic']}: {entry['shape']}"
    asked = Counter(str(request)[:120] for request in replay.unmatched)
    yield f"Asked now and not when it was recorded: {sum(asked.values())}"
    for request, times in asked.most_common(10):
        yield f"  {times} times {request}"


def _describe_evidence(watcher: Watcher) -> Iterator[str]:
    """Say what becomes of each assumption, as lines for the pages in `docs/`."""
    evidence = watcher.session.evidence
    yield "Assumptions:"
    for assumption in evidence.assumptions:
        confirmed, refuted = evidence.count(assumption.id)
        word = _WORDS[evidence.get_verdict(assumption.id)]
        told = f"assumed → {word} ({confirmed} for, {refuted} against)"
        yield f"| {assumption.text} | `{assumption.id}` | {told} |"


def main() -> None:
    """Read the command line and print the report."""
    parser = argparse.ArgumentParser(prog="scripts/replay", description=__doc__)
    parser.add_argument("file", type=Path, help="the recording, .jsonl or .jsonl.gz")
    parser.add_argument("--speed", type=float, default=20.0, help="how many seconds of it pass in one")
    parser.add_argument("--report", action="store_true", help="print the report, which is all it does")
    options = parser.parse_args()
    try:
        recording = load_recording(options.file)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    print("\n".join(asyncio.run(report(recording, options.speed))))


if __name__ == "__main__":
    main()
