"""Play the scenes of the demonstration in which nobody talks."""

from .demo_stage import Stage
from .phone_status import UNAVAILABLE


async def change_hot_desk(stage: Stage) -> None:
    """Let a hot-desk user come to a free desk, or go."""
    world = stage.pbx.world
    users = [user for user in world.users.values() if any(link.type == "hot-desk" for link in user.phones)]
    user = stage.random.choice(users)
    desks = [
        phone
        for phone in world.phones.values()
        if phone.hot_desk and not phone.hot_desk_user and phone.status_code == 0
    ]
    if user.hot_desk and world.phone(user.hot_desk).status_code == 0:
        stage.pbx.hot_desk_logout(user)
    elif not user.hot_desk and desks:
        stage.pbx.hot_desk_login(user, stage.random.choice(desks))


async def toggle_do_not_disturb(stage: Stage) -> None:
    """Let somebody have his peace for a while."""
    user = stage.random.choice(list(stage.pbx.world.users.values()))
    user.dnd = True
    await stage.pause(30, 120)
    user.dnd = False


async def forward_calls(stage: Stage) -> None:
    """Let somebody forward his calls for a while."""
    user = stage.random.choice(list(stage.pbx.world.users.values()))
    user.call_forward = "+31612345699"
    await stage.pause(30, 120)
    user.call_forward = None


async def toggle_switch(stage: Stage) -> None:
    """Let somebody use a switch."""
    switch = stage.random.choice(list(stage.pbx.world.switches.values()))
    if switch.text:
        switch.value = stage.random.choice(["open", "closed", "holiday", None])
    else:
        switch.value = not switch.value


async def hear_messages(stage: Stage) -> None:
    """Let somebody listen to his messages."""
    full = [mailbox for mailbox in stage.pbx.world.mailboxes.values() if mailbox.new]
    if full:
        stage.pbx.hear_voicemail(stage.random.choice(full))


async def lose_phone(stage: Stage) -> None:
    """Let an idle phone be unreachable for a while."""
    idle = [phone for phone in stage.pbx.world.phones.values() if phone.status_code == 0]
    if idle:
        phone = stage.random.choice(idle)
        stage.pbx.set_phone_status(phone, UNAVAILABLE)
        await stage.pause(10, 40)
        stage.pbx.set_phone_status(phone, 0)


async def take_a_break(stage: Stage) -> None:
    """Let a queue agent pause."""
    agents = [agent for queue in stage.pbx.world.queues.values() for agent in queue.agents]
    agent = stage.random.choice(agents)
    agent.paused = True
    await stage.pause(20, 90)
    agent.paused = False


ROUTINE_SCENES = {
    change_hot_desk: 4,
    toggle_do_not_disturb: 2,
    forward_calls: 1,
    toggle_switch: 2,
    hear_messages: 2,
    lose_phone: 1,
    take_a_break: 1,
}
