"""The session contract as every system has it."""

from inspect import Parameter, iscoroutinefunction, signature
from typing import override

import pytest

from custom_components.pbx.protocols.commands import PbxCommands
from custom_components.pbx.protocols.enums import ObjectKind
from custom_components.pbx.protocols.errors import NotSupported
from custom_components.pbx.protocols.session import Clock
from tests.memory_session import MemorySession

COMMANDS = [name for name, method in vars(PbxCommands).items() if iscoroutinefunction(method)]


@pytest.mark.parametrize("name", COMMANDS)
async def test_commands_are_not_supported_unless_filled(name: str) -> None:
    """A system that does not fill a command says so by its name."""
    command = getattr(PbxCommands, name)
    _, *parameters = signature(command).parameters.values()
    needed = {parameter.name: None for parameter in parameters if parameter.default is Parameter.empty}
    with pytest.raises(NotSupported) as error:
        await command(PbxCommands(), **needed)
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


async def test_reject_by_hanging_up() -> None:
    """A system where hanging up ends only the ringing of one phone rejects by that."""

    class OwnPhones(PbxCommands):
        rejects_by_hanging_up = True
        ended: tuple[str, ...] = ()

        @override
        async def hang_up(self, call_id: str) -> None:
            self.ended += (call_id,)

    commands = OwnPhones()
    await commands.reject("7", user="anna")
    assert commands.ended == ("7",)
