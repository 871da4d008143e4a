"""Modules that are imported once they are needed, since not every entry needs them at once."""

import asyncio
from importlib import import_module
import logging
from types import ModuleType
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.importlib import async_import_module

_LOGGER = logging.getLogger(__name__)

# The names of those that are there.
_loaded: set[str] = set()


class LazyModule:
    """Stand for a module: `async_load` imports it, or its first use in a thread of the executor.

    Importing takes longer than the event loop may wait, so who uses it there without having loaded it gets it
    too, but with an error in the log.
    """

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, attribute: str) -> Any:
        """Return what the module has of this name."""
        name = self.__name__
        if name not in _loaded:
            if _is_in_event_loop():
                _LOGGER.error("Module %s is used in the event loop and was not loaded before", name)
            _loaded.add(name)
        return getattr(import_module(name), attribute)


def _is_in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def async_load(hass: HomeAssistant, *modules: ModuleType) -> None:
    """Import modules that lazy ones stand for, in the executor."""
    for module in modules:
        await async_import_module(hass, module.__name__)
        _loaded.add(module.__name__)
