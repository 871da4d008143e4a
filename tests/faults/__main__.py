"""Play every fault on every system and print the table; `--load`, `--soak` and `--late` do what they say.

Words choose columns and faults by their beginnings: `scripts/faults innovaphone "half-open"`.
"""

import argparse
import asyncio
from concurrent.futures import ProcessPoolExecutor
from functools import partial
import logging
from multiprocessing import get_context
import sys
import time

from .columns import COLUMNS, KEEPS_ORDER, Column
from .faults import FAULTS
from .outcome import Outcome
from .play import play

WIDTH = 20


def main(words: list[str] | None = None) -> int:
    """Do what the command line asks for, and return how many faults were not survived."""
    parser = argparse.ArgumentParser(prog="scripts/faults", description=__doc__)
    parser.add_argument("words", nargs="*", help="columns or faults, by how they begin")
    parser.add_argument("--load", action="store_true", help="large PBXs, many of them, and storms of events")
    parser.add_argument("--soak", action="store_true", help="a day with random faults, on the columns chosen")
    parser.add_argument("--late", action="store_true", help="answers that arrive after what happened since")
    parser.add_argument("--seed", type=int, default=1, help="of the random faults")
    parser.add_argument("--hours", type=int, default=24, help="of the soak")
    parser.add_argument("--phones", type=int, default=5000, help="of the load")
    arguments = parser.parse_args(words)
    if arguments.load:
        return _print_load(arguments.phones)
    if arguments.soak:
        return _print_soak(arguments.words, arguments.seed, arguments.hours)
    if arguments.late:
        return _print_late(arguments.words)
    return _print_table(arguments.words)


def _print_late(words: list[str]) -> int:
    """Print for each column which answers were late, and what they have undone."""
    from .overtaking import overtake, print_overtaken

    return print_overtaken(map(overtake, _choose_columns(words)))


def _choose_columns(words: list[str]) -> list[Column]:
    return [column for name, column in COLUMNS.items() if _is_chosen(name, words, list(COLUMNS))]


def _print_load(phones: int) -> int:
    # Whatever brings Home Assistant's own parts in takes long, and only this needs it.
    from .load import measure_load, print_loads

    logging.disable(logging.WARNING)
    print_loads(asyncio.run(measure_load(phones, pbxs=10, seconds=60, calls=2 * phones)))
    return 0


def _print_soak(words: list[str], seed: int, hours: int) -> int:
    """Print for each column what was survived, and what was held; in a process of its own."""
    from .soak import print_soaks, soak

    print(f"{hours} hours of the turned clock, seed {seed}")
    names = [column.name for column in _choose_columns(words)]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as processes:
        return print_soaks(processes.map(partial(soak, seed=seed, hours=hours), names))


def _print_table(words: list[str]) -> int:
    """Play and print what was chosen, a line for each fault as it comes."""
    columns = [column.name for column in _choose_columns(words)]
    faults = [fault for fault in FAULTS.values() if _is_chosen(fault.name, words, list(FAULTS))]
    print(f"{'':22}" + "".join(f"{name:{WIDTH}}" for name in columns))
    notes: list[Outcome] = []
    for fault in faults:
        print(f"{fault.name:22}", end="", flush=True)
        for name in columns:
            if name not in fault.columns:
                print(f"{'·':{WIDTH}}", end="", flush=True)
                continue
            outcome = play(COLUMNS[name], fault)
            notes.append(outcome)
            print(f"{_cell(outcome):{WIDTH}}", end="", flush=True)
        print()
    if any(fault.name == "events reordered" for fault in faults):
        _print_order(columns)
    return _print_notes(notes)


def _print_order(columns: list[str]) -> None:
    """Print why events cannot be reordered in those columns in which they are not."""
    print("\nevents reordered: cannot happen (·) where the transport keeps the order")
    for name, why in KEEPS_ORDER.items():
        if any(column.startswith(name) for column in columns):
            print(f"    {name}: {why}")


def _is_chosen(name: str, words: list[str], names: list[str]) -> bool:
    """Return whether a name begins with one of the words that mean any of its kind."""
    meant = [word for word in words if any(known.startswith(word) for known in names)]
    return not meant or any(name.startswith(word) for word in meant)


def _cell(outcome: Outcome) -> str:
    """Return noticed/recovered in seconds, and whether anything was lost or is wrong."""
    if not outcome.survived:
        return "FAILED"
    if outcome.recovered is None:
        return "asks for login"
    noticed = "-" if outcome.noticed is None else f"{outcome.noticed:.0f}"
    return f"{noticed}/{outcome.recovered:.0f} s" + (" lost 1" if outcome.lost else "")


def _print_notes(outcomes: list[Outcome]) -> int:
    print("\nnoticed after / recovered in; the state was equal to the PBX's wherever there are times.")
    if any(outcome.lost for outcome in outcomes):
        print("lost 1: that a call began to ring during the outage was shown, but is told by no event.")
    failed = [outcome for outcome in outcomes if not outcome.survived]
    for outcome in failed:
        print(f"FAILED: {outcome.fault}, {outcome.column}")
        for problem in outcome.problems:
            print(f"    {problem}")
    print(f"{len(outcomes) - len(failed)} of {len(outcomes)} survived, {len(failed)} failed")
    return len(failed)


if __name__ == "__main__":
    began = time.monotonic()
    status = main()
    print(f"took {time.monotonic() - began:.0f} s")
    sys.exit(min(status, 1))
