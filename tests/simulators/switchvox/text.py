"""Frame and spoil text as the servers of each age do."""

SEPARATOR = "\x1e"


def double_encode(text: str) -> str:
    """Encode text once more than needed, as 1.0.x does with whatever it sends."""
    return text.encode().decode("latin-1")


def join_packets(packets: list[str], revision: int) -> str:
    """Put packets into one body."""
    if revision == 4:
        return SEPARATOR.join(packets)
    return "".join(f"{_length(packet)}:{packet}" for packet in packets)


def split_packets(body: str, revision: int) -> list[str]:
    """Take the packets out of a body."""
    if revision == 4:
        return body.split(SEPARATOR)
    packets = []
    while body:
        length, _, rest = body.partition(":")
        packets.append(rest[: int(length)])
        body = rest[int(length) :]
    return packets


def _length(text: str) -> int:
    """Count as JavaScript does, for which some characters are two."""
    return len(text.encode("utf-16-le")) // 2
