"""Write the configuration of an Asterisk into a folder of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
import re
import sqlite3

from tests.ports import LOCALHOST, UDP, choose_port
from tests.simulators.common.certificate import self_signed_pem

from .install import Installation

ETC = Path(__file__).parent / "etc"
# Who has which telephone; the password of all of them is `telephone`.
PEOPLE = {
    "201": "Anna Archer",
    "202": "Björn Berg",
    "203": "Carla Conti",
    "204": "Dora Diaz",
    "205": "Lobby",
    "206": "Émile Faure",
}
MAILBOXES = ("201", "202", "204")
FREEPBX_MEMBER = "Local/{0}@from-queue/n,0,{1},hint:{0}@ext-local"
PLAIN_MEMBER = "PJSIP/{0},0,{1},PJSIP/{0}"
# One frame of GSM in which nobody says anything.
SILENCE = bytes.fromhex("d820a2e15a50004924924924500049249249245000492492492450004924924924")
UUID = "6f1f2d6e-0c3b-4a55-9d0e-2b8f6a1c7e55"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a server listens, and where its provider does."""

    ami: int
    ami_tls: int
    sip: int
    provider: int
    chan_sip: int

    @classmethod
    def free(cls) -> Ports:
        """Return ports that nobody uses."""
        return cls(choose_port(), choose_port(), *(choose_port(UDP) for _ in range(3)))


def write(folder: Path, installation: Installation, ports: Ports, *, flavour: str, system: str) -> None:
    """Write everything that a server of a flavour, one of the folders in `etc`, reads when it starts."""
    for name in ("etc/manager.d", "lib/moh", "db", "spool", "run", "log"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    member = FREEPBX_MEMBER if flavour == "freepbx" else PLAIN_MEMBER
    values = {
        "FOLDER": str(folder),
        "MODULES": installation.modules,
        "DATA": installation.data,
        "SYSTEM": system,
        "AMI": ports.ami,
        "AMI_TLS": ports.ami_tls,
        "SIP": ports.sip,
        "PROVIDER": ports.provider,
        "CHAN_SIP": ports.chan_sip,
        "PARKING": 45,
        **{f"AGENT_{number}": member.format(number, PEOPLE[number]) for number in ("201", "202", "203")},
    }
    for source in (ETC / "common", ETC / flavour):
        for path in source.rglob("*.conf"):
            target = folder / "etc" / path.relative_to(source)
            target.write_text(_filled(path.read_text(encoding="utf-8"), values), encoding="utf-8")
    (folder / "etc" / "telephones.conf").write_text(_telephones(), encoding="utf-8")
    (folder / "lib" / "moh" / "silence.ulaw").write_bytes(b"\xff" * 8000)
    (folder / "etc" / "manager.pem").write_bytes(self_signed_pem(LOCALHOST))
    for number in MAILBOXES:
        _record_greetings(folder / "spool" / "voicemail" / "default" / number)
    write_database(folder / "db" / "astdb.sqlite3", database(flavour))


def _record_greetings(mailbox: Path) -> None:
    """Let a mailbox say very little before it records."""
    mailbox.mkdir(parents=True, exist_ok=True)
    for name in ("unavail.gsm", "busy.gsm"):
        (mailbox / name).write_bytes(SILENCE)


def _filled(text: str, values: Mapping[str, object]) -> str:
    return re.sub(r"@([A-Z_0-9]+)@", lambda match: str(values[match[1]]), text)


def _telephones() -> str:
    return "\n".join(_telephone(number, name) for number, name in PEOPLE.items())


def _telephone(number: str, name: str) -> str:
    mailbox = f"mailboxes = {number}@default\n" if number in MAILBOXES else ""
    # Some phones want requests to be authenticated as well; that makes no trunks of them.
    both = f"outbound_auth = {number}\n" if number == "206" else ""
    return (
        f"[{number}](telephone)\naors = {number}\nauth = {number}\n{mailbox}{both}"
        f"callerid = {name} <{number}>\n"
        f"[{number}](place)\n[{number}](login)\nusername = {number}\n"
    )


def database(flavour: str) -> dict[str, str]:
    """Return what the database of Asterisk holds at the start, by its keys."""
    entries = {"/pbx/UUID": UUID}
    if flavour == "freepbx":
        for number, name in PEOPLE.items():
            entries |= _freepbx_user(number, name)
        entries |= {"/DAYNIGHT/C0": "DAY", "/DAYNIGHT/C1": "DAY", "/TC/1": "", "/TC/1/INUSESTATE": "INUSE"}
        entries |= {"/CW/201": "ENABLED", "/CW/202": "ENABLED", "/CFU/204": "203"}
        # The telephone in the lobby is nobody's, until somebody logs in there.
        entries |= {
            "/DEVICE/205/type": "adhoc",
            "/DEVICE/205/user": "none",
            "/DEVICE/205/default_user": "none",
        }
        entries = {key: value for key, value in entries.items() if not key.startswith("/AMPUSER/205/")}
    return entries


def _freepbx_user(number: str, name: str) -> dict[str, str]:
    user = {
        "cidname": name,
        "cidnum": number,
        "device": number,
        "voicemail": "default" if number in MAILBOXES else "novm",
        "ringtimer": "0",
        "cfringtimer": "0",
        "noanswer": "",
        "outboundcid": "",
        "password": "",
        "answermode": "disabled",
        "recording": "",
        "language": "",
    }
    device = {
        "user": number,
        "default_user": number,
        "type": "fixed",
        "dial": f"PJSIP/{number}",
        "tech": "pjsip",
    }
    entries = {f"/AMPUSER/{number}/{key}": value for key, value in user.items()}
    return entries | {f"/DEVICE/{number}/{key}": value for key, value in device.items()}


def write_database(path: Path, entries: Mapping[str, str]) -> None:
    """Write a database as Asterisk keeps it."""
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS astdb(key VARCHAR(256), value VARCHAR(256), PRIMARY KEY(key))"
        )
        # Telephones that are gone would take the places of others.
        connection.execute("DELETE FROM astdb WHERE key LIKE '/registrar/%'")
        connection.executemany("INSERT OR REPLACE INTO astdb VALUES (?, ?)", entries.items())
    connection.close()
