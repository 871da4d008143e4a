"""Record what a PBX says, show what would be handed over, and keep it as a file on demand."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
import gzip
from itertools import count
from pathlib import Path
import re
from typing import TYPE_CHECKING, Any

from homeassistant import const as ha_const
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.loader import async_get_integration
from homeassistant.util import dt as dt_util

from ...const import CONF_LOGIN, CONF_SYSTEM, DOMAIN
from ...protocols.lazy_dataclass import dataclass
from ...protocols.model import PbxInfo
from ...protocols.recorder import Frame, Recorder
from ...protocols.registry import SYSTEMS
from ..issues import RECORDING_READY, RECORDING_RUNS, async_show_recording
from ..lazy_module import LazyModule, async_load
from ..options import PbxOptions
from . import FOLDER, RECORDINGS
from .frames import dump_line, to_line

if TYPE_CHECKING:
    from ..hub import PbxHub
    from . import redaction
else:
    redaction = LazyModule(f"{__package__}.redaction")

FORMAT = 1
# So much is shown of what the PBX said, each message cut to this length.
_PREVIEW_LINES = 12
_PREVIEW_WIDTH = 400
# Of the data of an entry, where it is and how it is trusted says nothing of what the PBX says.
_LEFT_OUT = frozenset({
    "host", "port", "tls", "trust", "certificate", "fingerprint", "mac", "webhook_id", "provisional_id",
    "name", CONF_SYSTEM,
})  # fmt: skip
# An id that is a telephone number, maybe with the technology of the line before it.
_NUMBERED = re.compile(r"(?:[A-Za-z0-9]+/)?\d{3,7}")


@dataclass(frozen=True, slots=True)
class Draft:
    """A redacted recording that is not a file yet."""

    head: Mapping[str, Any]
    lines: tuple[Mapping[str, Any], ...]
    counts: Mapping[str, int]
    kept_names: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """Return how long it is."""
        return float(self.lines[-1]["t"]) if self.lines else 0.0

    @property
    def data(self) -> bytes:
        """Return the content of the file."""
        return gzip.compress("\n".join(map(dump_line, (self.head, *self.lines))).encode() + b"\n")

    @property
    def placeholders(self) -> dict[str, str]:
        """Return what is told to people of what they would hand over."""
        told = [said for line in self.lines if (said := _find_said(line)) is not None]
        chosen = told[:: max(len(told) // _PREVIEW_LINES, 1)]
        shown = [dump_line(said)[:_PREVIEW_WIDTH] for said in chosen]
        return {
            "frames": str(len(self.lines)),
            "seconds": str(round(self.seconds)),
            **{name: str(count) for name, count in self.counts.items()},
            "words": ", ".join(self.kept_names) or "-",
            "preview": "```\n" + "\n".join(shown[:_PREVIEW_LINES]) + "\n```",
        }


@dataclass(frozen=True, slots=True)
class _Known:
    """What Home Assistant knows of a PBX that has to be replaced in a recording."""

    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    country: str | None = None
    version: str | None = None


@dataclass(slots=True)
class Recordings:
    """The recording of one PBX; it outlives the entry being loaded, since a recording begins with that."""

    hass: HomeAssistant
    entry: ConfigEntry
    recorder: Recorder = field(default_factory=Recorder)
    draft: Draft | None = None
    # Until when a recording runs; None without one.
    until: datetime | None = None
    _stop_waiting: CALLBACK_TYPE | None = None
    _known: _Known = field(default_factory=_Known)
    # Its time may be over at the moment at which a person ends it.
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @callback
    def begin_session(self) -> Recorder:
        """Return the tap for a new session, open where something is recorded or the last minutes are kept."""
        keep = PbxOptions.from_entry(self.entry).keep_minutes
        if self.until is not None:
            self.recorder.start()
        elif keep:
            self.recorder.start(window=keep * 60.0)
        else:
            self.recorder.stop()
            self.recorder.clear()
        return self.recorder

    @callback
    def start(self, minutes: float) -> datetime:
        """Record for minutes from the next session on, which the caller has to begin; return until when."""
        self.discard()
        self.until = dt_util.utcnow() + timedelta(minutes=minutes)
        self.recorder.start()

        async def finish(now: datetime) -> None:
            self._stop_waiting = None
            await self.finish()

        self._stop_waiting = async_call_later(self.hass, minutes * 60, finish)
        until = dt_util.as_local(self.until)
        async_show_recording(self.hass, self.entry, RECORDING_RUNS, f"{until:%H:%M}")
        return self.until

    @property
    def has_any(self) -> bool:
        """Return whether there is anything that could be saved."""
        return self.draft is not None or self.recorder.on

    async def finish(self) -> Draft:
        """End the recording, or take the last minutes, and return what could be saved."""
        async with self._turn:
            return await self._finish()

    async def _finish(self) -> Draft:
        if self.draft is not None and self.until is None:
            return self.draft
        self._cancel()
        frames, keep = self.recorder.frames, PbxOptions.from_entry(self.entry).keep_minutes
        dropped = self.recorder.dropped if self.recorder.window is None else 0
        if keep:
            self.recorder.window = keep * 60.0
        else:
            self.recorder.stop()
            self.recorder.clear()
        self._learn()
        head = await self._make_head(dropped)
        await async_load(self.hass, redaction)
        self.draft = await self.hass.async_add_executor_job(_redact, head, frames, self._known)
        async_show_recording(self.hass, self.entry, RECORDING_READY)
        return self.draft

    async def save(self) -> Path:
        """Write the draft to the configuration folder and return where it is.

        Raises OSError where there is no room or no right to write, and keeps the draft.
        """
        draft = await self.finish()
        name = f"pbx-{self.entry.data[CONF_SYSTEM]}-{dt_util.now():%Y%m%d-%H%M%S}"
        folder = Path(self.hass.config.path(FOLDER))
        path = await self.hass.async_add_executor_job(_write, folder, name, draft)
        self.discard()
        return path

    @callback
    def discard(self) -> None:
        """Throw away what was recorded; what is kept of the last minutes goes on."""
        self._cancel()
        self.draft = None
        async_show_recording(self.hass, self.entry, None)

    @callback
    def forget(self) -> None:
        """End, since the PBX is removed."""
        self.recorder.stop()
        self.discard()

    def _cancel(self) -> None:
        self.until = None
        if self._stop_waiting is not None:
            self._stop_waiting()
            self._stop_waiting = None

    def _learn(self) -> None:
        """Learn who is there, where the entry is loaded; else what was known last counts."""
        if self.entry.state is ConfigEntryState.LOADED:
            self._known = _find_known(self.entry.runtime_data)

    async def _make_head(self, dropped: int) -> dict[str, Any]:
        integration = await async_get_integration(self.hass, DOMAIN)
        system = self.entry.data[CONF_SYSTEM]
        settings = await self.hass.async_add_import_executor_job(SYSTEMS[system].get_settings)
        told = {setting.name for setting in settings}
        options = {name: value for name, value in self.entry.options.items() if name in told}
        data = {name: value for name, value in self.entry.data.items() if name not in _LEFT_OUT}
        return {
            "pbx_recording": FORMAT,
            "system": system,
            "login": data.pop(CONF_LOGIN, None),
            "integration": str(integration.version),
            "home_assistant": ha_const.__version__,
            "pbx_version": self._known.version,
            "dropped": dropped,
            "settings": {**data, **options},
        }


def _find_said(line: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what the PBX said in a line, None where it said nothing there."""
    if line["kind"] not in {"answer", "received", "report"}:
        return None
    said: Mapping[str, Any] | None = line.get("body") or line.get("block") or line.get("record")
    return said


def _find_known(hub: PbxHub) -> _Known:
    objects = hub.state.objects
    names = [item.name for item in objects.values() if not isinstance(item, PbxInfo) and item.name]
    numbers = [getattr(item, "number", None) for item in objects.values()]
    ids = [key.id for key in objects if _NUMBERED.fullmatch(key.id)]
    return _Known(
        names=(hub.entry.title, *names),
        numbers=(*(number for number in numbers if number), *ids),
        country=hub.phone_numbers.country,
        version=hub.info.version,
    )


def _redact(head: dict[str, Any], frames: list[Frame], known: _Known) -> Draft:
    """Return the draft of a recording; takes up to seconds for a large one."""
    redactor = redaction.Redactor(known.names, known.numbers, known.country)
    started = frames[0].time if frames else 0.0
    lines = redactor.redact_lines([to_line(frame, started) for frame in frames], head["settings"])
    settings = redactor.redact_settings(head["settings"])
    kept = Counter(redactor.kept_names).most_common()
    names = tuple(name for name, _ in kept)
    return Draft({**head, "settings": settings}, tuple(lines), redactor.counts, names)


def _write(folder: Path, name: str, draft: Draft) -> Path:
    """Write a file that takes the place of no other, and leave none that is not whole."""
    folder.mkdir(exist_ok=True)
    names = (f"{name}{f'-{number}' if number > 1 else ''}.jsonl.gz" for number in count(1))
    path = next(path for path in (folder / name for name in names) if not path.exists())
    try:
        with path.open("xb") as file:
            file.write(draft.data)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path


@callback
def async_get_recordings(hass: HomeAssistant, entry: ConfigEntry) -> Recordings:
    """Return the recordings of a PBX."""
    known = hass.data.setdefault(RECORDINGS, {})
    if entry.entry_id not in known:
        known[entry.entry_id] = Recordings(hass, entry)
    return known[entry.entry_id]
