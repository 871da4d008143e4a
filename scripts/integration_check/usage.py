"""Check that the code uses what is translated.

Whether what it asks for is translated is seen by every test that runs it: tests/components/text_check.py.
"""

import ast
from collections.abc import Iterator
import re

from .findings import Findings, error
from .integration import Integration

SECTIONS_TO_USE = ("exceptions", "issues")


def check(integration: Integration) -> Findings:
    """Check that the code has what may be each translated key."""
    texts = integration.english
    is_written = re.compile("|".join(set(_patterns(integration)))).fullmatch
    sections = {section: texts.get(section, {}) for section in SECTIONS_TO_USE}
    sections |= {f"entity.{platform}": entities for platform, entities in texts.get("entity", {}).items()}
    for section, keys in sections.items():
        unused = (key for key in keys if not is_written(key))
        yield from (error(f"{section}.{key} is in en.json, but no code uses it") for key in unused)


def _patterns(integration: Integration) -> Iterator[str]:
    """Yield a pattern for each text, enum member or f-string in the code that may be a key."""
    for module in integration.modules.values():
        for node in ast.walk(module):
            match node:
                case ast.Constant(value=str(text)):
                    yield re.escape(text)
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="auto"))):
                    yield re.escape(name.lower())
                case ast.keyword(arg="translation_key", value=ast.JoinedStr(values=parts)):
                    yield "".join(map(_part_pattern, parts))


def _part_pattern(part: ast.expr) -> str:
    """Return the pattern for one part of an f-string."""
    return re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
