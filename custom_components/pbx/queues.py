"""What a queue says of its agents and of who is waiting."""

from typing import Any

from .protocols.model import Queue


def queue_attributes(queue: Queue) -> dict[str, Any]:
    """Return agents and waiting calls, for the eyes of the moment."""
    return {
        "agents": [
            {
                "name": agent.name,
                "logged_in": agent.logged_in,
                "status": agent.status,
                "paused": agent.paused,
                "calls_taken": agent.calls_taken,
            }
            for agent in queue.agents
        ],
        "calls": [
            {
                "position": call.position,
                "number": call.number,
                "name": call.name,
                "since": call.since.isoformat() if call.since else None,
            }
            for call in queue.calls
        ],
    }
