"""Play the scenes of the demonstration that are calls."""

from .call import Call
from .demo_stage import CALLERS, CallEnded, Stage
from .world import User


async def answered_call(stage: Stage) -> None:
    """Let somebody take a call, perhaps with a pause on hold."""
    for user in stage.free_users()[:1]:
        call = stage.incoming(user.extension).ring()
        await stage.wait(call, 2, 8)
        if not call.ringing:
            break
        phone = call.answer().parties[-1].phone
        await stage.wait(call, 10, 60)
        if phone and stage.random.random() < 0.3:
            call.hold()
            await stage.wait(call, 5, 15)
            call.resume()
            await stage.wait(call, 5, 20)
        stage.end(call)


async def missed_call(stage: Stage) -> None:
    """Let a call ring out, and the caller leave a message where there is a mailbox."""
    for user in stage.free_users()[:1]:
        call = stage.incoming(user.extension).ring()
        await stage.wait(call, 10, 20)
        stage.end(call)
        for mailbox in stage.pbx.world.mailboxes.values():
            if mailbox.owner == user.uuid:
                stage.pbx.leave_voicemail(mailbox, urgent=stage.random.random() < 0.1)


async def internal_call(stage: Stage) -> None:
    """Let one user call another."""
    users = stage.free_users()
    phone = stage.idle_phone(users[0]) if len(users) > 1 else None
    if phone is None:
        return
    call = stage.own(stage.pbx.engine.outgoing(phone, users[1].extension))
    await stage.wait(call, 2, 6)
    if call.ringing:
        call.answer()
        await stage.wait(call, 8, 40)
    stage.end(call)


async def outgoing_call(stage: Stage) -> None:
    """Let a user call somebody outside, who may not answer."""
    for user in stage.free_users()[:1]:
        if phone := stage.idle_phone(user):
            number, _ = stage.random.choice(CALLERS[:-1])
            call = stage.own(stage.pbx.engine.outgoing(phone, number))
            await stage.wait(call, 4, 12)
            if stage.random.random() < 0.8:
                call.answer()
                await stage.wait(call, 10, 60)
            stage.end(call)


async def blind_transfer(stage: Stage) -> None:
    """Let the reception pass a call on without asking."""
    for user in stage.free_users()[:1]:
        call = stage.incoming("10").ring("reception")
        await stage.wait(call, 2, 5)
        if call.ringing:
            call.answer()
            await stage.wait(call, 4, 10)
            call.blind_transfer(user.extension)
            await stage.wait(call, 2, 6)
        if call.ringing:
            call.answer()
            await stage.wait(call, 10, 40)
        stage.end(call)


async def attended_transfer(stage: Stage) -> None:
    """Let the reception pass a call on after asking."""
    for user in stage.free_users()[:1]:
        call = stage.incoming("10").ring("reception")
        await stage.wait(call, 2, 5)
        if call.ringing:
            call.answer().hold()
            await consult(stage, call, user)
            await stage.wait(call, 10, 40)
        stage.end(call)


async def consult(stage: Stage, call: Call, user: User) -> None:
    """Ask a user whether he takes a call, and pass it on if he answers."""
    second = stage.own(stage.pbx.engine.outgoing("reception", user.extension))
    try:
        await stage.wait(second, 2, 5)
        if second.ringing:
            second.answer()
            await stage.wait(second, 3, 8)
        if second.answered and not call.finished:
            call.attended_transfer(second)
    finally:
        stage.end(second)


async def queue_call(stage: Stage) -> None:
    """Let a caller wait in a queue until an agent takes him or his patience ends."""
    queue = stage.random.choice(list(stage.pbx.world.queues.values()))
    call = stage.incoming(queue.extension)
    waiting = stage.pbx.acd.enter(queue, call.caller.number, call.caller.name)
    try:
        await stage.wait(call, 5, 40)
    except CallEnded:
        stage.pbx.acd.abandon(queue, waiting)
        raise
    agent = next((user for user in stage.free_users() if user.uuid in queue.members), None)
    if agent is None:
        stage.pbx.acd.abandon(queue, waiting)
    else:
        stage.pbx.acd.take(queue, agent, waiting)
        call.ring(agent).answer()
        await stage.wait(call, 15, 60)
    stage.end(call)


CALL_SCENES = {
    answered_call: 8,
    missed_call: 3,
    internal_call: 4,
    outgoing_call: 4,
    blind_transfer: 1,
    attended_transfer: 1,
    queue_call: 4,
}
