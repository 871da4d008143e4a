"""Use each lazy module where nothing but the start has happened, and print whether that works."""

import ast
from collections.abc import Iterator
import gc
from importlib import import_module
import inspect
import json
import os
from pathlib import Path
import sys
from types import ModuleType

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.import_child import PACKAGE, import_home_assistant, import_integration


def find_uses() -> Iterator[tuple[str, str]]:
    """Yield the name of each lazy module that is there, with each name that is asked of it."""
    kind = import_module(f"{PACKAGE}.hub.lazy_module").LazyModule
    found = [item for item in gc.get_objects() if isinstance(item, ModuleType)]
    for module in found:
        lazy = {name: item.__name__ for name, item in vars(module).items() if type(item) is kind}
        if not lazy:
            continue
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in lazy:
                yield lazy[node.value.id], node.attr
        for name in lazy.values():
            yield name, "__name__"


def uses(name: str, attributes: set[str]) -> bool:
    """Return whether a process to which nothing else has happened can use a module."""
    process = os.fork()
    if process:
        return os.waitpid(process, 0)[1] == 0
    try:
        module = import_module(name)
        os._exit(not all(hasattr(module, attribute) for attribute in attributes))
    finally:
        os._exit(1)


def main(system: str) -> None:
    """Print which lazy modules there are, and whether each can be used first, or right after another."""
    import_integration(system, import_home_assistant())
    results: dict[str, bool] = {}
    while wanted := {name: names for name, names in group_uses().items() if name not in results}:
        results |= {name: uses(name, attributes) for name, attributes in wanted.items()}
        for name in wanted:
            import_module(name)
    print(json.dumps(results))


def group_uses() -> dict[str, set[str]]:
    """Return what is asked of each lazy module that is there."""
    wanted: dict[str, set[str]] = {}
    for name, attribute in find_uses():
        wanted.setdefault(name, set()).add(attribute)
    return wanted


if __name__ == "__main__":
    main(sys.argv[1])
