"""Make the recordings in `files` anew from the simulators: `python -m tests.recordings.make`.

They stand for files of people until there are some. What is there stays in its format, since what was handed
over once has to play for ever; so this is for a new system alone, or where a simulator was wrong.
"""

import asyncio
import gzip
import json
from pathlib import Path
import sys

from custom_components.pbx.hub.recording.frames import dump_line
from custom_components.pbx.hub.recording.recordings import FORMAT
from custom_components.pbx.hub.recording.redaction import Redactor
from tests.components.parity.systems import TELLERS

from .story import record

FILES = Path(__file__).parent / "files"


async def make(system: str) -> None:
    """Record the story on one system and save it as a volunteer would."""
    story = await record(system)
    redactor = Redactor(story.names, story.numbers, "NL")
    settings = {
        name: value for name, value in story.data.items() if name not in {"host", "port", "tls", "system"}
    }
    lines = redactor.redact_lines(story.lines, settings)
    told = {**redactor.redact_settings(settings), "login": story.data["login"]}
    login = told.pop("login")
    head = {"pbx_recording": FORMAT, "system": system, "login": login, "settings": told}
    text = "\n".join(map(dump_line, (head, *json.loads(json.dumps(lines))))) + "\n"
    (FILES / f"{system}.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    FILES.mkdir(exist_ok=True)
    for name in sys.argv[1:] or TELLERS:
        asyncio.run(make(name))
