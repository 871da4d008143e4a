"""What administrators do to a genuine Asterisk while people talk."""

from custom_components.pbx.protocols.enums import ObjectKind, Outcome
from tests.genuine.fixtures import on_asterisk
from tests.genuine.office import GenuineOffice
from tests.genuine.telephone import Manner
from tests.waiting import until

from .client import client_for, telephones

PLAIN = ((22, "plain"), (16, "plain"))


@on_asterisk(*PLAIN)
async def test_restart_in_mid_call(genuine: GenuineOffice) -> None:
    """Calls end as lost, the session comes back by itself, and what is told then is true."""
    async with client_for(genuine) as client, telephones(genuine, "201", "202") as (anna, bjorn):
        bjorn.manner = Manner.ANSWERS
        await anna.call("202").is_answered()
        await client.shows(u201="talking", u202="talking")
        await genuine.restart()
        await client.until(lambda: client.opened > 1)
        await client.shows(u201="idle", u202="idle")
        await client.until(lambda: not list(client.state.calls.open))
        assert client.outcome("201") in {Outcome.LOST, Outcome.ANSWERED}
        assert not client.is_refused
        for telephone in (anna, bjorn):
            for call in telephone.calls:
                call.end()
        await anna.call("202").is_answered()
        await client.shows(u201="talking", u202="talking")


@on_asterisk(*PLAIN)
async def test_death_in_mid_call(genuine: GenuineOffice) -> None:
    """A server that dies without a word is noticed, and all is well when it is back."""
    async with client_for(genuine) as client, telephones(genuine, "201", "202") as (anna, bjorn):
        bjorn.manner = Manner.ANSWERS
        await anna.call("202").is_answered()
        await client.shows(u201="talking", u202="talking")
        await genuine.die()
        await client.until(lambda: client.opened > 1)
        await client.until(lambda: not list(client.state.calls.open))
        for telephone in (anna, bjorn):
            for call in telephone.calls:
                call.end()
            # Whoever had just registered may have been forgotten.
            await telephone.register()
        await client.shows(u201="idle", u202="idle")


@on_asterisk(*PLAIN)
async def test_manager_user_is_removed(genuine: GenuineOffice) -> None:
    """A login that is gone is tried twice and then no more, until somebody enters another."""
    async with client_for(genuine) as client:
        await client.shows(u201="offline")
        await genuine.remove_user("homeassistant")
        await genuine.restart()
        await client.until(lambda: client.errors)
        async with client.clock.hurrying():
            await until(lambda: client.is_refused)
        assert client.opened == 1


@on_asterisk((22, "freepbx"), (16, "freepbx"))
async def test_settings_made_at_the_phone(genuine: GenuineOffice) -> None:
    """What somebody dials to change a setting is shown, and what is set here is so at the PBX."""
    async with client_for(genuine) as client, telephones(genuine, "201", "206") as (anna, emile):
        await client.until(lambda: client.user("201").do_not_disturb is False)
        await anna.call("*78").is_refused()
        await client.until(lambda: client.user("201").do_not_disturb)
        assert await emile.call("201").is_answered()
        await genuine.hang_up_all()
        await client.session.commands.set_do_not_disturb("201", on=False)
        await client.until(lambda: client.user("201").do_not_disturb is False)
        for code, is_on in ("*78", True), ("*79", False):
            await anna.call(code).is_refused()
            await client.until(lambda is_on=is_on: client.user("201").do_not_disturb is is_on)
        emile.call("201")
        await (await anna.rings()).refuse(Manner.DECLINES)
        await anna.call("*280").is_refused()
        await client.until(lambda: client.get(ObjectKind.SWITCH, "DAYNIGHT/C0").is_on)
