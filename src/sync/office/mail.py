"""Sending what is in the outbox by SMTP: one letter at a time, on a thread of its own."""

from __future__ import annotations

import logging
import smtplib
import ssl
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Final, Literal

from sync.office.rules import changes, outbox
from sync.office.store.engine import Database

_LOG = logging.getLogger(__name__)
_POLL_S: Final = 2.0
_TIMEOUT_S: Final = 20.0


@dataclass(frozen=True)
class Relay:
    """Where mail is handed in. `tls`: by STARTTLS, from the first byte, or not at all."""

    host: str
    port: int
    sender: str
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""


def send(relay: Relay, to: str, subject: str, text: str) -> tuple[str, bool]:
    """Hand one letter in. Why it was not taken, "" when it was, and whether that is for good."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = relay.sender, to, subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=relay.sender.rpartition("@")[2])
    message.set_content(text)
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


class Sender:
    """Sends what is due until it is stopped. Several processes may send from one database."""

    def __init__(self, database: Database, relay: Relay) -> None:
        self._database, self._relay = database, relay
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
        why, for_good = send(self._relay, whole["to"], whole["subject"], whole["text"])
        if why:
            _LOG.warning("notice %s was not sent: %s", whole["id"], why)
        with self._database.write() as connection:
            told = outbox.ended(connection, whole["id"], why, for_good=for_good, now=datetime.now(UTC))
            changes.log(connection, told)
        return True
