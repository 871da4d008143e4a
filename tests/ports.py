"""Ports of this machine for servers that must be told which one is theirs."""

from random import SystemRandom
import socket

LOCALHOST = "127.0.0.1"
TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
# Below those that the system itself gives to connections, which would take one before its server has started.
CHOICE = range(22_000, 32_000)
_held: list[socket.socket] = []


def choose_port(kind: socket.SocketKind = TCP) -> int:
    """Return a port that nobody uses, and that no other process chooses as long as this one lives.

    It is held by a socket of the other kind, so that the server can have it, also again after a restart.
    """
    random = SystemRandom()
    while (holder := _hold(port := random.choice(CHOICE), kind)) is None:
        pass
    _held.append(holder)
    return port


def _hold(port: int, kind: socket.SocketKind) -> socket.socket | None:
    """Return what holds a port, None where somebody uses it already."""
    holder = socket.socket(type=UDP if kind is TCP else TCP)
    try:
        holder.bind((LOCALHOST, port))
        with socket.socket(type=kind) as probe:
            probe.bind((LOCALHOST, port))
    except OSError:
        holder.close()
        return None
    return holder
