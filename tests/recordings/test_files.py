"""Recordings that were handed over, whatever their format, and what there is to say of them.

What they show in Home Assistant is in tests/components/test_recording.py: put a new file into `files`, run
that with `--snapshot-update`, and look at what is shown.
"""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.pbx.hub.recording import recordings
from custom_components.pbx.protocols.evidence import Verdict
from tests.simulators.replay import Recording, load_recording
from tests.simulators.replay.recording import FORMAT, UPGRADES, Line

from .make import FILES
from .report import report

NAMES = sorted(path.name for path in FILES.iterdir())


def test_there_is_one_of_each_system() -> None:
    """No system is left out, and what is written today can be read."""
    heads = [load_recording(FILES / name).head for name in NAMES]
    assert {head["system"] for head in heads} == {"asterisk", "axeos", "innovaphone", "ipcortex", "switchvox"}
    assert recordings.FORMAT == FORMAT
    assert set(UPGRADES) == set(range(1, FORMAT))


def _write(path: Path, head: Line) -> Path:
    """Write a file with a head and what crossed in an Axeos recording."""
    text = gzip.decompress((FILES / "axeos.jsonl.gz").read_bytes()).decode()
    path.write_text(json.dumps(head) + "\n" + text.partition("\n")[2])
    return path


def test_older_format_is_brought_up_to_date(tmp_path: Path) -> None:
    """What changed between formats is made up for, one step after the other."""

    def rename(head: Line, lines: list[Line]) -> tuple[Line, list[Line]]:
        return {**head, "system": head["make"]}, lines

    def slow_down(head: Line, lines: list[Line]) -> tuple[Line, list[Line]]:
        return head, [{**line, "t": line["t"] * 2} for line in lines]

    file = _write(tmp_path / "old.jsonl", {"pbx_recording": 1, "make": "axeos", "settings": {}})
    found = load_recording(file, newest=3, upgrades={1: rename, 2: slow_down})
    assert found.system == "axeos"
    assert found.seconds == pytest.approx(2 * load_recording(FILES / "axeos.jsonl.gz").seconds)


@pytest.mark.parametrize("head", [{"pbx_recording": FORMAT + 1, "system": "axeos"}, {"some": "json"}, []])
def test_what_is_no_recording_is_refused(tmp_path: Path, head: Any) -> None:
    """Neither a newer format nor any other file is taken for one."""
    with pytest.raises(ValueError, match="no recording"):
        load_recording(_write(tmp_path / "new.jsonl", head))


def _lines() -> list[str]:
    return gzip.decompress((FILES / "axeos.jsonl.gz").read_bytes()).decode().splitlines()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ((FILES / "axeos.jsonl.gz").read_bytes()[:-300], "cut off"),
        (b"\x1f\x8b nothing that was packed", "cut off"),
        ("\n".join(_lines())[:-20].encode(), "cut off"),
        (b"", "no recording"),
        (b"\xff\xfe\x00", "codec"),
        (b"[1, 2]\n", "no object"),
        (b'{"pbx_recording": 1, "system": "nortel"}\n', "does not know"),
        (b'{"pbx_recording": 1, "system": "axeos"}\n{"door": "http"}\n', "message 2"),
    ],
)
def test_what_is_damaged_is_said(tmp_path: Path, data: bytes, said: str) -> None:
    """Whoever has half a file is told so, and what is wrong with it."""
    file = tmp_path / "damaged.jsonl.gz"
    file.write_bytes(data)
    with pytest.raises(ValueError, match=said):
        load_recording(file)


def test_file_may_be_edited(tmp_path: Path) -> None:
    """Packed or not, with other line ends, empty lines, lines moved, and any sign within a text."""
    head, first, second, *lines = _lines()
    text = "\r\n".join(["\ufeff" + head, second, first, "", *lines, ""])
    file = tmp_path / "edited.jsonl"
    file.write_bytes(text.replace('"kind":', '"note":"a\u2028b\u0085c","kind":').encode())
    told = [{**line, "note": 0} for line in load_recording(file).lines]
    assert told == [{**line, "note": 0} for line in load_recording(FILES / "axeos.jsonl.gz").lines]


async def test_report_says_what_is_unknown() -> None:
    """An event that nobody knows is named with its shape, and refutes what was assumed of events."""
    original = load_recording(FILES / "axeos.jsonl.gz")
    text = json.dumps(original.lines)
    for known, unknown in {
        "phone_status_update": "gadget_blink",
        "status_code": "blink",
        "phone_uuid": "x",
    }.items():
        text = text.replace(known, unknown)
    lines = json.loads(text)
    told = "\n".join(await report(Recording(original.head, tuple(lines)), speed=20, grace=0.3))
    assert "times gadget_blink: {'blink': 'int'" in told
    assert f"`axeos/event-names` | assumed → {'seen otherwise'}" in told
    assert "`axeos/queue-id` | assumed → seen (" in told
    assert Verdict.NOT_MET.value not in told
