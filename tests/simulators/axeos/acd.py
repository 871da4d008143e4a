"""Run the ACD queues, which show only in their statistics."""

from ..common.clock import Clock
from .world import Agent, Queue, User, WaitingCall, World


class Acd:
    """Let callers wait in queues and agents take them."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock

    def enter(self, queue: Queue | str, number: str, name: str = "") -> WaitingCall:
        """Add a caller to the end of a queue."""
        waiting = WaitingCall(number, name, self._clock.time())
        self._world.queue(queue).calls.append(waiting)
        return waiting

    def take(self, queue: Queue | str, agent: User | str, waiting: WaitingCall | None = None) -> None:
        """Let an agent take a caller, by default the first."""
        queue = self._world.queue(queue)
        queue.calls.remove(waiting or queue.calls[0])
        queue.answered += 1
        taker = self.agent(queue, agent)
        taker.calls_taken += 1
        taker.last_call = self._clock.now()

    def abandon(self, queue: Queue | str, waiting: WaitingCall | None = None) -> None:
        """Let a caller, by default the first, give up."""
        queue = self._world.queue(queue)
        queue.calls.remove(waiting or queue.calls[0])
        queue.aborted += 1

    def reset(self, queue: Queue | str) -> None:
        """Start the relative statistics afresh."""
        queue = self._world.queue(queue)
        queue.answered_at_reset, queue.aborted_at_reset = queue.answered, queue.aborted
        queue.last_reset = self._clock.now()
        for agent in queue.agents:
            agent.calls_taken_at_reset = agent.calls_taken

    def agent(self, queue: Queue | str, user: User | str) -> Agent:
        """Return a user's membership of a queue."""
        uuid = self._world.user(user).uuid
        return next(agent for agent in self._world.queue(queue).agents if agent.user == uuid)
