"""Check quality_scale.yaml, that it shows what it says, and that the manifest claims no more."""

import re
from typing import Any

from homeassistant.util.yaml import load_yaml_dict

from .findings import Findings, error, warning
from .integration import Integration

TIERS = {
    "bronze": [
        "action-setup",
        "appropriate-polling",
        "brands",
        "common-modules",
        "config-flow-test-coverage",
        "config-flow",
        "dependency-transparency",
        "docs-actions",
        "docs-triggers",
        "docs-conditions",
        "docs-high-level-description",
        "docs-installation-instructions",
        "docs-removal-instructions",
        "entity-event-setup",
        "entity-unique-id",
        "has-entity-name",
        "runtime-data",
        "test-before-configure",
        "test-before-setup",
        "unique-config-entry",
    ],
    "silver": [
        "action-exceptions",
        "config-entry-unloading",
        "docs-configuration-parameters",
        "docs-installation-parameters",
        "entity-unavailable",
        "integration-owner",
        "log-when-unavailable",
        "parallel-updates",
        "reauthentication-flow",
        "test-coverage",
    ],
    "gold": [
        "devices",
        "diagnostics",
        "discovery-update-info",
        "discovery",
        "docs-data-update",
        "docs-examples",
        "docs-known-limitations",
        "docs-supported-devices",
        "docs-supported-functions",
        "docs-troubleshooting",
        "docs-use-cases",
        "dynamic-devices",
        "entity-category",
        "entity-device-class",
        "entity-disabled-by-default",
        "entity-translations",
        "exception-translations",
        "icon-translations",
        "reconfiguration-flow",
        "repair-issues",
        "stale-devices",
    ],
    "platinum": ["async-dependency", "inject-websession", "strict-typing"],
}
EVIDENCE = re.compile(r"[\w@/.-]+\.(?:json|md|png|py|toml|yaml)\b")
ALL_RULES = {rule for rules in TIERS.values() for rule in rules}


def check(integration: Integration) -> Findings:
    """Check the rules and the claimed tier."""
    path = integration.folder / "quality_scale.yaml"
    if not path.is_file():
        yield warning("there is no quality_scale.yaml")
        return
    rules = load_yaml_dict(str(path)).get("rules") or {}
    yield from (error(f"unknown rule {rule}") for rule in rules.keys() - ALL_RULES)
    for rule, value in rules.items():
        yield from _check_rule(integration, rule, value)
    yield from _check_claim(integration.manifest.get("quality_scale"), rules)


def _check_rule(integration: Integration, rule: str, value: Any) -> Findings:
    """Check that an exemption has a reason, and that a rule that is done names what shows it."""
    comment = str(value.get("comment", "")) if isinstance(value, dict) else ""
    if _status(value) == "exempt" and not comment:
        yield error(f"{rule} is exempt without a comment")
    if _status(value) != "done":
        return
    shown_by = EVIDENCE.findall(comment)
    if not shown_by:
        yield error(f"{rule} is done, but names no test or document that shows it")
    for path in shown_by:
        if not (integration.repository / path).exists():
            yield error(f"{rule} is shown by {path}, which does not exist")


def _check_claim(claim: str | None, rules: dict[str, Any]) -> Findings:
    """Check that nothing is open in the claimed tier and those below."""
    if claim not in TIERS:
        return
    names = list(TIERS)
    for tier in names[: names.index(claim) + 1]:
        if lacking := [rule for rule in TIERS[tier] if _status(rules.get(rule)) not in {"done", "exempt"}]:
            yield error(f"claims {claim}, but {tier} lacks {', '.join(lacking)}")


def _status(value: Any) -> str:
    """Return the status of a rule, which is a word or a mapping with one."""
    return str(value.get("status", "todo")) if isinstance(value, dict) else str(value or "todo")
