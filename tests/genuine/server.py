"""Run a genuine Asterisk, and start it again whenever it ends."""

from contextlib import suppress
import os
from pathlib import Path
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from typing import Self

from tests.ports import LOCALHOST
from tests.waiting import TIMEOUT

from .ami import Block, parse_blocks
from .configuration import ETC, Ports, write
from .install import Installation

LOOK_EVERY = 0.02
# Whoever starts something may be killed, and nothing must be left behind.
MORTAL = ("setpriv", "--pdeathsig", "KILL", "--")
# An Asterisk that was started by the loader beside it cannot execute itself anew when it restarts.
AGAIN_AND_AGAIN = 'while :; do "$0" "$@"; sleep 0.1; done'


class AsteriskServer:
    """An Asterisk of a version and a flavour, one of the folders in `etc`, on free loopback ports.

    It runs in a process of its own, whatever the event loop of a test does, and comes back by itself when it
    restarts. Its folder is removed at the end, or named and kept where `keep` is set.
    """

    def __init__(
        self,
        installation: Installation,
        *,
        flavour: str = "plain",
        system: str = "",
        folder: Path | None = None,
        ports: Ports | None = None,
    ) -> None:
        self.installation = installation
        self.flavour = flavour
        self.ports = ports or Ports.free()
        # The path of a socket must be short.
        self.folder = folder or Path(tempfile.mkdtemp(prefix="pbx-"))
        self.keep = folder is not None
        self._system = system
        self._supervisor: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop."""
        self.stop()

    @property
    def host(self) -> str:
        """Return the address of the server."""
        return LOCALHOST

    @property
    def log(self) -> str:
        """Return what the server logged so far."""
        path = self.folder / "log" / "full"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def start(self) -> None:
        """Start the server and return once it has booted fully."""
        self.launch()
        self.wait_until_booted()

    def launch(self) -> None:
        """Start the server, which ends with the thread that has started it, and return at once."""
        write(self.folder, self.installation, self.ports, flavour=self.flavour, system=self._system)
        command = [str(self.installation.program), "-f", "-C", str(self.folder / "etc" / "asterisk.conf")]
        with (self.folder / "log" / "console").open("ab") as console:
            self._supervisor = subprocess.Popen(
                [*MORTAL, "bash", "-c", AGAIN_AND_AGAIN, *MORTAL, *command],
                stdout=console,
                stderr=console,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
            )

    def stop(self) -> None:
        """End the server for good."""
        self.switch_off()
        if self.keep:
            sys.stderr.write(f"The Asterisk of this test has left its files in {self.folder}\n")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def switch_off(self) -> None:
        """End the server until it is started again, which keeps what it has stored."""
        if self._supervisor is None:
            return
        watched = self._watch()
        self._supervisor.kill()
        self._supervisor.wait()
        for process in watched:
            select.select([process], [], [], TIMEOUT)
            os.close(process)
        self._wait_until_gone()

    def _watch(self) -> list[int]:
        """Return what can be read once the process that runs has ended and its ports are free."""
        with suppress(OSError):
            return [os.pidfd_open(self.process_id())]
        return []

    def kill(self) -> None:
        """Let the server die without a word; it comes back."""
        os.kill(self.process_id(), signal.SIGKILL)

    def _wait_until_gone(self) -> None:
        """Return once nobody listens any more."""
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            try:
                socket.create_connection((LOCALHOST, self.ports.ami), TIMEOUT).close()
            except OSError:
                return
            time.sleep(LOOK_EVERY)

    def process_id(self) -> int:
        """Return the number of the process that runs, or ran last."""
        path = self.folder / "run" / "asterisk.pid"
        return int(path.read_text().strip() or 0) if path.exists() else 0

    def wait_until_booted(self, after: int = 0) -> None:
        """Return once a server has booted fully, another than the process `after`, or fail with its log."""
        end = time.monotonic() + TIMEOUT
        while self.process_id() == after or not self._has_booted():
            if time.monotonic() > end:
                self.keep = True
                raise TimeoutError(f"Asterisk did not start: {self.log[-2000:]}")
            time.sleep(LOOK_EVERY)

    def _has_booted(self) -> bool:
        """Return whether somebody who logs in is told that the server has booted fully."""
        login = b"Action: Login\r\nUsername: admin\r\nSecret: all of it\r\n\r\n"
        return b"Event: FullyBooted" in self._say(login, until=b"Event: FullyBooted")

    def _say(self, text: bytes, *, until: bytes = b"") -> bytes:
        """Return what the manager interface says to a text, to the end or until something in it."""
        received = b""
        try:
            with socket.create_connection((LOCALHOST, self.ports.ami), TIMEOUT) as connection:
                connection.settimeout(TIMEOUT)
                connection.sendall(text)
                while not until or until not in received:
                    data = connection.recv(65536)
                    if not data:
                        break
                    received += data
        except OSError:
            pass
        return received

    def restore_users(self) -> bool:
        """Write the users of the manager interface anew, and return whether one was missing or another."""
        folder = self.folder / "etc" / "manager.d"
        originals = {path.name: path.read_text() for path in (ETC / "common" / "manager.d").iterdir()}
        if {path.name: path.read_text() for path in folder.iterdir()} == originals:
            return False
        shutil.rmtree(folder)
        folder.mkdir()
        for name, text in originals.items():
            (folder / name).write_text(text)
        return True

    def ask(self, action: str, **fields: str) -> list[Block]:
        """Return what the server answers to an action, nothing where it is away.

        It takes a moment, in which the event loop stands still: for those who cannot wait otherwise.
        """
        login = {"Action": "Login", "Username": "admin", "Secret": "all of it", "Events": "off"}
        said = self._say(b"".join(map(_encode, (login, {"Action": action, **fields}, {"Action": "Logoff"}))))
        return parse_blocks(said.decode("utf-8", "replace"))


def _encode(fields: dict[str, str]) -> bytes:
    return "".join([*(f"{name}: {value}\r\n" for name, value in fields.items()), "\r\n"]).encode()
