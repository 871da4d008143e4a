"""Check the translation keys in the code against translations/en.json, both ways."""

from .code_keys import KeyUse, key_uses, written_keys
from .findings import Findings, error
from .integration import Integration

SECTIONS_TO_USE = ("exceptions", "issues")


def check(integration: Integration) -> Findings:
    """Check that used keys are translated and translated keys are used."""
    for use in key_uses(integration):
        if use.key not in _translated(integration, use):
            yield error(f"{use.place}: {use.section} {use.key} is not in en.json")
    yield from _check_used(integration)


def _check_used(integration: Integration) -> Findings:
    """Check that the code has what may be each translated key."""
    texts, is_written = integration.english, written_keys(integration)
    sections = {section: texts.get(section, {}) for section in SECTIONS_TO_USE}
    sections |= {f"entity.{platform}": entities for platform, entities in texts.get("entity", {}).items()}
    for section, keys in sections.items():
        for key in keys:
            if not is_written(key):
                yield error(f"{section}.{key} is in en.json, but no code uses it")


def _translated(integration: Integration, use: KeyUse) -> set[str]:
    """Return the keys among which the text of a use is to be."""
    texts = integration.english.get(use.section, {})
    if use.section != "entity":
        return set(texts)
    platforms = [use.platform] if use.platform else list(texts)
    return {key for platform in platforms for key in texts.get(platform, {})}
