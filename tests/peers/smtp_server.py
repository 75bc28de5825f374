"""A small mail server on a real socket: takes what it is handed, or refuses as it is told to."""

from __future__ import annotations

import socketserver
import threading
from dataclasses import dataclass, field
from types import TracebackType


@dataclass
class Mailbox:
    """`letters` are (recipient, message); `refuse` the answer to each recipient while it is set."""

    letters: list[tuple[str, str]] = field(default_factory=list)
    refuse: str = ""


class SmtpServer:
    """Listens on a port of its own while it is entered."""

    def __init__(self) -> None:
        self.box = box = Mailbox()

        class Talk(socketserver.StreamRequestHandler):
            def say(self, text: str) -> None:
                self.wfile.write(f"{text}\r\n".encode())

            def handle(self) -> None:
                self.say("220 toy")
                to = ""
                while line := self.rfile.readline().decode().strip():
                    word = line[:4].upper()
                    if word == "DATA":
                        self.say("354 go on")
                        body = b""
                        while (part := self.rfile.readline()) != b".\r\n":
                            body += part
                        box.letters.append((to, body.decode()))
                        self.say("250 taken")
                    elif word == "RCPT":
                        to = line.partition("<")[2].partition(">")[0]
                        self.say(box.refuse or "250 ok")
                    elif word == "QUIT":
                        self.say("221 bye")
                        return
                    else:
                        self.say("250 ok")

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> SmtpServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
