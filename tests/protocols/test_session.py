"""The session contract as every system has it."""

from inspect import Parameter, iscoroutinefunction, signature

import pytest

from custom_components.pbx.protocols.enums import ObjectKind
from custom_components.pbx.protocols.errors import NotSupported
from custom_components.pbx.protocols.session import Clock, PbxSession
from tests.memory_session import MemorySession

COMMANDS = [
    name
    for name, method in vars(PbxSession).items()
    if iscoroutinefunction(method) and name not in PbxSession.__abstractmethods__
]


@pytest.mark.parametrize("name", COMMANDS)
async def test_commands_are_not_supported_unless_filled(name: str) -> None:
    """A system that does not fill a command says so by its name."""
    command = getattr(PbxSession, name)
    _, *parameters = signature(command).parameters.values()
    needed = {parameter.name: None for parameter in parameters if parameter.default is Parameter.empty}
    with pytest.raises(NotSupported) as error:
        await command(MemorySession(()), **needed)
    assert error.value.command == name


async def test_defaults() -> None:
    """Watching, memory and statistics may be left as they are."""
    session = MemorySession(())
    session.watch(frozenset({ObjectKind.QUEUE}))
    assert session.statistics() == {}
    assert session.memory == {}
    before = Clock().time()
    await Clock().sleep(0)
    assert Clock().time() >= before
