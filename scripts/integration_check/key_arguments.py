"""Find the expressions in the code that stand for a translation key."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass

SECTIONS_BY_CALL = {
    "async_create_issue": "issues",
    "ChildDeviceInfo": "device",
    "DeviceInfo": "device",
    "ObjectSelectorConfig": "selector",
    "SelectSelectorConfig": "selector",
}


@dataclass(frozen=True, slots=True)
class KeyArgument:
    """An expression for a key, the section of the key, and the device class beside it."""

    value: ast.expr
    section: str
    device_class: str | None


@dataclass(frozen=True, slots=True)
class Helper:
    """A function that takes a key as one of its parameters and hands it on."""

    parameter: str
    position: int
    section: str
    device_class: str | None


type Helpers = dict[str, Helper]


def find_helpers(modules: Iterable[ast.Module]) -> Helpers:
    """Return the functions that hand a key on, those included that call one another."""
    functions = [node for module in modules for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    helpers: Helpers = {}
    while True:
        found = {function.name: helper for function in functions if (helper := _as_helper(function, helpers))}
        if found == helpers:
            return helpers
        helpers = found


def key_argument(node: ast.AST, helpers: Helpers) -> KeyArgument | None:
    """Return the key that a class or a call names, if it does."""
    match node:
        case ast.ClassDef():
            return _named_key(_class_attributes(node), "")
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            keywords = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
            return _named_key(keywords, name) or _passed_key(node, keywords, helpers.get(name))
    return None


def _named_key(values: dict[str, ast.expr], name: str) -> KeyArgument | None:
    """Return the key that goes by the name `translation_key`."""
    if (value := values.get("translation_key")) is None:
        return None
    default = "exceptions" if "translation_domain" in values else "entity"
    return KeyArgument(value, SECTIONS_BY_CALL.get(name, default), _member(values.get("device_class")))


def _passed_key(call: ast.Call, keywords: dict[str, ast.expr], helper: Helper | None) -> KeyArgument | None:
    """Return the key that is passed to a helper."""
    if helper is None:
        return None
    positional = call.args[helper.position] if helper.position < len(call.args) else None
    if (value := keywords.get(helper.parameter, positional)) is None:
        return None
    return KeyArgument(value, helper.section, _member(keywords.get("device_class")) or helper.device_class)


def _as_helper(function: ast.FunctionDef, helpers: Helpers) -> Helper | None:
    """Return what a function does with a key among its parameters, if it has one."""
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    parameters = [argument.arg for argument in arguments if argument.arg not in {"self", "cls"}]
    for node in ast.walk(function):
        match key_argument(node, helpers):
            case KeyArgument(ast.Name(id=name), section, device_class) if name in parameters:
                return Helper(name, parameters.index(name), section, device_class)
    return None


def _class_attributes(node: ast.ClassDef) -> dict[str, ast.expr]:
    """Return the `_attr_` assignments in a class body, without that prefix."""
    return {
        target.id.removeprefix("_attr_"): statement.value
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name) and target.id.startswith("_attr_")
    }


def _member(value: ast.expr | None) -> str | None:
    """Return the value of an enum member such as `SensorDeviceClass.TIMESTAMP`."""
    return value.attr.lower() if isinstance(value, ast.Attribute) else None
