"""Say why something that was asked for can't be done."""


class Unable(Exception):
    """What was asked for can't be done; the key names a sentence among the `problems` of a language."""

    def __init__(self, key: str, detail: str = "", **values: str) -> None:
        super().__init__(detail or key)
        self.key = key
        self.values = values
