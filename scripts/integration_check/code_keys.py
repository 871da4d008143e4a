"""Find out which translation keys the code uses."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
import re

from homeassistant.const import Platform

from .integration import Integration
from .key_arguments import find_helpers, key_argument

PLATFORMS = {platform.value for platform in Platform}


@dataclass(frozen=True, slots=True)
class KeyUse:
    """One translation key in the code; the platform is that of the module, if it belongs to one."""

    section: str
    key: str
    place: str
    platform: str | None
    device_class: str | None


def key_uses(integration: Integration) -> Iterator[KeyUse]:
    """Yield every translation key that is written out in the code."""
    constants, helpers = _constants(integration), find_helpers(integration.modules.values())
    for path, node in _nodes(integration):
        if (argument := key_argument(node, helpers)) is None:
            continue
        place = f"{path.relative_to(integration.folder)}:{argument.value.lineno}"
        for key in _literals(argument.value, constants):
            yield KeyUse(argument.section, key, place, _platform(path), argument.device_class)


def written_keys(integration: Integration) -> Callable[[str], object]:
    """Return what tells whether a key may come from some text, enum member or f-string in the code."""
    patterns: set[str] = set()
    for _, node in _nodes(integration):
        match node:
            case ast.Constant(value=str(text)):
                patterns.add(re.escape(text))
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="auto"))):
                patterns.add(re.escape(name.lower()))
            case ast.keyword(arg="translation_key", value=ast.JoinedStr(values=parts)):
                patterns.add("".join(map(_part_pattern, parts)))
    return re.compile("|".join(patterns)).fullmatch


def _nodes(integration: Integration) -> Iterator[tuple[Path, ast.AST]]:
    """Yield every node of every module."""
    for path, module in integration.modules.items():
        for node in ast.walk(module):
            yield path, node


def _part_pattern(part: ast.expr) -> str:
    """Return the pattern for one part of an f-string."""
    return re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"


def _literals(value: ast.expr, constants: dict[str, str]) -> Iterator[str]:
    """Yield the strings that an expression may stand for, as far as they are written out."""
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name) if name in constants:
            yield constants[name]
        case ast.IfExp():
            yield from _literals(value.body, constants)
            yield from _literals(value.orelse, constants)


def _constants(integration: Integration) -> dict[str, str]:
    """Return the string constants of all modules."""
    found: dict[str, str] = {}
    for module in integration.modules.values():
        for statement in module.body:
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text)))
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(text)))
                ):
                    found[name] = text
    return found


def _platform(path: Path) -> str | None:
    """Return the platform that a module belongs to."""
    return next((part for part in (path.stem, path.parent.name) if part in PLATFORMS), None)
