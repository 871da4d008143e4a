"""Play a recording from the command line."""

import argparse
from pathlib import Path
from typing import Unpack

from ..common.simulator import Serving
from .recording import load_recording
from .server import Replay, make_replay


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what only recordings know."""
    parser.add_argument("file", type=Path, help="the recording, .jsonl or .jsonl.gz")
    parser.add_argument("--speed", type=float, default=1.0, help="how many seconds of it pass in one")


def create(options: argparse.Namespace, **serving: Unpack[Serving]) -> Replay:
    """Return the server for the recording."""
    try:
        recording = load_recording(options.file)
    except (OSError, ValueError) as error:
        raise SystemExit(str(error)) from error
    return make_replay(recording, speed=options.speed, **serving)


def begin_demo(pbx: Replay, seed: int) -> None:
    """Do nothing: a recording lives by itself."""


def describe(pbx: Replay) -> list[str]:
    """Return what a person needs to know to connect."""
    settings = {name: value for name, value in pbx.settings.items() if name not in {"host", "port", "tls"}}
    return [f"{name}: {value}" for name, value in settings.items()]
