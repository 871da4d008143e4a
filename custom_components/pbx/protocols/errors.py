"""The errors that a session raises; none of their texts holds a secret or a telephone number."""


class PbxError(Exception):
    """Base of every error that a session raises."""


class CannotConnect(PbxError):
    """The PBX does not answer, or the connection broke."""


class NoAnswer(CannotConnect):
    """The PBX did not answer in time or broke off; another way to reach it may work."""


class UnknownHost(CannotConnect):
    """No address is known for the host name of the PBX."""

    def __init__(self) -> None:
        super().__init__("no address is known for the host of the PBX")


class ConnectionLost(CannotConnect):
    """A session that was open has ended."""


class NotSent(ConnectionLost):
    """There was no connection for a command or request, so that it never left and may be sent again."""


class CertificateNotTrusted(CannotConnect):
    """The certificate of the PBX is not trusted."""


class AuthFailed(PbxError):
    """The PBX refuses the login.

    `further` names one that is used beside the first: `administrator` or `client`; it is empty for the first.
    """

    def __init__(self, text: str, further: str = "") -> None:
        super().__init__(text)
        self.further = further


class ProtocolError(PbxError):
    """The PBX answers what its protocol does not allow."""


class WrongSystem(ProtocolError):
    """Something answers, but it is not the telephone system that was expected."""


class UnexpectedError(ProtocolError):
    """Something happened in a session that nobody has thought of; it was logged where it happened."""


class MissingRight(PbxError):
    """The login may not do this; `right` names it in the words of the PBX."""

    def __init__(self, right: str) -> None:
        super().__init__(f"the login lacks the right for {right}")
        self.right = right


class NotSupported(PbxError):
    """This telephone system has no such command."""

    def __init__(self, command: str) -> None:
        super().__init__(f"{command} is not supported by this telephone system")
        self.command = command


class CommandFailed(PbxError):
    """The PBX understood the command and refused it.

    `reason` is one of the words that `errors.py` of the integration has a text for, else a word of the PBX;
    `detail` is the text that the PBX gave, None for none.
    """

    def __init__(self, reason: str, detail: str | None = None) -> None:
        super().__init__(f"the PBX refused: {reason}" + (f" ({detail})" if detail else ""))
        self.reason = reason
        self.detail = detail


class CommandOutcomeUnknown(PbxError):
    """The command has left and its answer was lost, so it may have worked; it is never sent twice."""
