"""What was assumed has a name everywhere, and what a PBX says to it is counted."""

from pathlib import Path
import re

import pytest

from custom_components.pbx.protocols import evidence as evidence_module
from custom_components.pbx.protocols.evidence import ENOUGH, Assumption, Evidence, Verdict
from custom_components.pbx.protocols.registry import SYSTEMS

PROTOCOLS = Path(evidence_module.__file__).parent
DOCS = PROTOCOLS.parents[2] / "docs"
_TAG = re.compile(r"assumed\s*\(([a-z]+/[a-z-]+)[^)]*\)", re.DOTALL)
_ASSUMED = re.compile(r"\bassumed\b")


def list_ids(system: str) -> set[str]:
    """Return the ids of what is assumed of a system."""
    return {assumption.id for assumption in SYSTEMS[system].get_assumptions()}


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_assumption_has_an_id(system: str) -> None:
    """Where a source says that something is assumed it says which, and the page of the system lists it."""
    ids = list_ids(system)
    assert ids
    assert all(assumption_id.startswith(f"{system}/") for assumption_id in ids)
    for path in (PROTOCOLS / system).rglob("*.py"):
        if path.name == "assumptions.py":
            continue
        text = re.sub(r"\s+", " ", path.read_text(encoding="utf-8"))
        assert set(_TAG.findall(text)) <= ids
        assert len(_ASSUMED.findall(text)) == len(_TAG.findall(text)), path
    page = (DOCS / f"{system}.md").read_text(encoding="utf-8")
    assert {assumption_id for assumption_id in ids if f"`{assumption_id}`" not in page} == set()


def test_counts_until_it_is_enough() -> None:
    """One refutation counts more than all that confirms; then nothing more is asked."""
    asked: list[int] = []

    def is_small(number: int) -> bool:
        asked.append(number)
        return number < 2

    evidence = Evidence((
        Assumption(id="x/small", text="", about=("number",), judge=is_small),
        Assumption(id="x/open", text=""),
    ))  # fmt: skip
    assert evidence.get_verdict("x/small") is Verdict.NOT_MET
    evidence.see("number", 1)
    assert evidence.get_verdict("x/small") is Verdict.CONFIRMED
    for number in range(100):
        evidence.see("number", number)
        evidence.see("word", number)
    assert evidence.report() == {"x/small": "refuted", "x/open": "not met"}
    assert len(asked) == ENOUGH == sum(evidence.count("x/small"))


@pytest.mark.parametrize(
    ("assumption_id", "message", "verdict"),
    [
        ("innovaphone/causes", {"mt": "CallDel", "cause": 16}, Verdict.CONFIRMED),
        ("innovaphone/causes", {"mt": "CallDel", "cause": 26}, Verdict.NOT_MET),
        ("innovaphone/causes", {"mt": "CallDel", "cause": 4000}, Verdict.REFUTED),
        ("switchvox/conference", {"conference": {"name": "100"}}, Verdict.CONFIRMED),
        ("switchvox/conference", {"conference": {"room": "100"}}, Verdict.REFUTED),
        ("switchvox/account-object", {"account": "1101"}, Verdict.REFUTED),
        ("axeos/status-flags", [{"status_code": 9}, {"status_code": 32}], Verdict.REFUTED),
        ("axeos/queue-id", {"queues": [{"uuid": "1", "name": "Sales"}]}, Verdict.REFUTED),
        ("ipcortex/refusals", {"result": "fail", "message": "Nope"}, Verdict.REFUTED),
        ("asterisk/freepbx-dnd", {"Key": "/DND/201", "Val": "on"}, Verdict.REFUTED),
    ],
)
def test_judges(assumption_id: str, message: object, verdict: Verdict) -> None:
    """What a PBX says is for an assumption, against it, or neither."""
    evidence = Evidence(SYSTEMS[assumption_id.partition("/")[0]].get_assumptions())
    concerned = next(found for found in evidence.assumptions if found.id == assumption_id)
    evidence.see(concerned.about[0], message)
    assert evidence.get_verdict(assumption_id) is verdict


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("message", [None, [], {}, "text", 5, {"account": []}, [[]], {"values": 3}])
def test_judges_bear_everything(system: str, message: object) -> None:
    """What a real system says may have any shape; nothing of it breaks a session."""
    evidence = Evidence(SYSTEMS[system].get_assumptions())
    for assumption in evidence.assumptions:
        for subject in assumption.about:
            evidence.see(subject, message)
    assert set(evidence.report()) == list_ids(system)
