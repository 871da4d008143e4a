"""Be the PBX of a recording: answer as it did, and say what it said, at its pace or faster."""

from .recording import Recording, load_recording
from .server import LinesReplay, Replay, WebReplay, make_replay

__all__ = ["LinesReplay", "Recording", "Replay", "WebReplay", "load_recording", "make_replay"]
