"""Sending what is in the outbox by SMTP: one letter at a time, on a thread of its own. Tickets go along as PDF."""

from __future__ import annotations

import logging
import smtplib
import ssl
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any, Final, Literal

from pos.data import printer_data, resource
from pos.domain.errors import Refused, Unreadable
from pos.paper.faces import FONT_FILES
from pos.paper.layout import read_layout
from pos.paper.press import Press
from sync.office.rules import changes, enclosed, outbox
from sync.office.rules.letters import letter
from sync.office.rules.rebalance import Halls
from sync.office.store.engine import Database

_LOG = logging.getLogger(__name__)
_POLL_S: Final = 2.0
_TIMEOUT_S: Final = 20.0
_LAYOUT: Final = "ticket-standard"
_PAGE: Final = (80.0, 72.0, 0.0)  # of paper, printed on, and no shorter than, in mm: it fits a telephone


@dataclass(frozen=True)
class Relay:
    """Where mail is handed in. `tls`: by STARTTLS, from the first byte, or not at all."""

    host: str
    port: int
    sender: str
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is handed in. `pdf` is enclosed under `name`; empty for nothing."""

    to: str
    subject: str
    text: str
    name: str = ""
    pdf: bytes = b""


def send(relay: Relay, one: Letter) -> tuple[str, bool]:
    """Hand one letter in. Why it was not taken, "" when it was, and whether that is for good."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = relay.sender, one.to, one.subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=relay.sender.rpartition("@")[2])
    message.set_content(one.text)
    if one.pdf:
        message.add_attachment(one.pdf, maintype="application", subtype="pdf", filename=one.name)
    try:
        context = ssl.create_default_context()
        opened = (
            smtplib.SMTP_SSL(relay.host, relay.port, timeout=_TIMEOUT_S, context=context)
            if relay.tls == "tls"
            else smtplib.SMTP(relay.host, relay.port, timeout=_TIMEOUT_S)
        )
        with opened as server:
            if relay.tls == "starttls":
                server.starttls(context=context)
            if relay.user:
                server.login(relay.user, relay.password)
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        code, _ = next(iter(refused.recipients.values()))
        return f"the address was refused ({code})", code >= 500
    except smtplib.SMTPResponseException as refused:
        return f"the mail server said {refused.smtp_code}", refused.smtp_code >= 500 and refused.smtp_code != 535
    except (smtplib.SMTPException, OSError) as error:
        # Not the error's own words: they may quote the address.
        return f"the mail server could not be used ({type(error).__name__})", False
    return "", False


class Encloser:
    """Writes letters that have tickets in them, as they stand. For one thread."""

    def __init__(self, database: Database) -> None:
        self._database, self._halls = database, Halls()
        self._press: Press | None = None

    def write(self, whole: dict[str, Any]) -> Letter:
        """A letter of the outbox as it is sent. Tickets that cannot be set are told by their codes alone."""
        plain = Letter(whole["to"], whole["subject"], whole["text"])
        if "encloses" not in whole:
            return plain
        content = None
        with self._database.read() as connection:
            one = enclosed.enclosure(connection, whole["encloses"])
            if one is None:
                return plain
            house = outbox.house(connection)
            try:
                content = enclosed.pages(connection, self._halls, one, one.tickets) if one.tickets else None
            except (Refused, LookupError, ValueError):
                _LOG.exception("the tickets of %s could not be written", whole["id"])
        pdf = self._set(content, whole["id"]) if content is not None else b""
        subject, text = letter("sale", one.language, one.sale, house, encloses=bool(pdf))
        return Letter(whole["to"], subject, text, f"tickets-{one.sale['id']}.pdf", pdf)

    def _set(self, content: dict[str, Any], id: str) -> bytes:
        """The tickets as PDF, empty when they cannot be set. Fonts are read at the first."""
        try:
            if self._press is None:
                text = printer_data("layouts", f"{_LAYOUT}.toml").read_text(encoding="utf-8")
                fonts = {name: resource("fonts", name).read_bytes() for name in FONT_FILES}
                self._press = Press([read_layout(text, _LAYOUT)], fonts)
            return self._press.pdf(content, *_PAGE)
        except (Unreadable, OSError):
            _LOG.exception("the tickets of %s could not be set", id)
            return b""


class Sender:
    """Sends what is due until it is stopped. Several processes may send from one database."""

    def __init__(self, database: Database, relay: Relay) -> None:
        self._database, self._relay = database, relay
        self._encloser = Encloser(database)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mail", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                busy = self.step()
            except Exception:  # noqa: BLE001 - logged; the database may be away for a while
                _LOG.exception("the outbox could not be worked on")
                busy = False
            if not busy:
                self._stopping.wait(_POLL_S)

    def step(self) -> bool:
        """Send one letter that is due; whether there was one."""
        with self._database.read() as connection:
            if not outbox.waiting(connection, datetime.now(UTC)):
                return False
        with self._database.write() as connection:
            whole = outbox.take(connection, datetime.now(UTC))
        if whole is None:
            return False
        why, for_good = send(self._relay, self._encloser.write(whole))
        if why:
            _LOG.warning("notice %s was not sent: %s", whole["id"], why)
        with self._database.write() as connection:
            told = outbox.ended(connection, whole["id"], why, for_good=for_good, now=datetime.now(UTC))
            changes.log(connection, told)
        return True
