"""Look for input that breaks a target, led by what it makes the code do; needs atheris, see `scripts/fuzz`.

`scripts/fuzz socketio.packets -max_total_time=600` fuzzes one target for ten minutes; a name such as
`axeos.decode_events` means all of a module, each of which gets every input. Without a name each group
has a minute. What breaks one is kept in a file whose path is printed, and can be given as the last argument.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
import random
import subprocess
import sys
from tempfile import mkdtemp
from typing import Any, override

import atheris

with atheris.instrument_imports(include=["custom_components.pbx"]):
    from .targets import TARGETS, Target, make_value


class _Bytes(random.Random):
    """Choose by what the bytes of an input say, so that a small change of them makes a small difference."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(0)
        self._left = iter(raw)

    @override
    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        low, high = (0, start) if stop is None else (start, stop)
        size = ((high - low - 1).bit_length() + 7) // 8
        return low + int.from_bytes(next(self._left, 0) for _ in range(size)) % (high - low)

    @override
    def choice[T](self, seq: Sequence[T]) -> T:  # type: ignore[override]
        return seq[self.randrange(len(seq))]


def list_groups() -> list[str]:
    """Return the names of targets up to their last part, which they share with others of their module."""
    return list(dict.fromkeys(name.rpartition(".")[0] if name.count(".") > 1 else name for name in TARGETS))


def make_input(raw: bytes, target: Target) -> Any:
    """Return the input that the bytes mean: a text, lone surrogates included, or a JSON value."""
    if target.takes == "text":
        return raw.decode(errors="surrogateescape")
    return make_value(_Bytes(raw), target.words)


def fuzz(targets: Sequence[Target], arguments: Iterable[str]) -> None:
    """Fuzz some targets until one breaks or their time is over."""

    def fire(raw: bytes) -> None:
        for target in targets:
            target.run(make_input(raw, target))

    folder = Path(mkdtemp(prefix="fuzz-"))
    options = [f"-artifact_prefix={folder}/"]
    if words := {word for target in targets for word in target.words}:
        # An empty dictionary is an error.
        dictionary = folder / "words.dict"
        dictionary.write_text("".join(map(_quote, words)), encoding="ascii")
        options.append(f"-dict={dictionary}")
    atheris.Setup([sys.argv[0], *options, *arguments], fire)
    atheris.Fuzz()


def _quote(word: str) -> str:
    """Return a line of a dictionary of libFuzzer."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word.encode(errors="surrogatepass")) + '"\n'


def main() -> int:
    """Fuzz the targets that are named, or each group in a process of its own."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else "-"
    named = [target for name, target in TARGETS.items() if name == wanted or name.startswith(f"{wanted}.")]
    if named:
        fuzz(named, sys.argv[2:])
        return 0
    options = sys.argv[1:] or ["-max_total_time=60"]
    broken = [
        name
        for name in list_groups()
        if subprocess.run([sys.executable, "-m", "tests.fuzz", name, *options], check=False).returncode
    ]
    print("broken:", ", ".join(broken) or "none")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
