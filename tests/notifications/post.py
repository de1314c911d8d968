"""A small post office on loopback: a real SMTP server that keeps what it is given."""

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from django.test import override_settings


@dataclass
class PostOffice:
    """What came in, and how it answers: addresses it does not know are refused for good, a closed one for now."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    is_closed: bool = False


class _Clerk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        office: PostOffice = self.server.office  # type: ignore[attr-defined]
        self._say("421 closed" if office.is_closed else "220 post office")
        while not office.is_closed and (line := self.rfile.readline().decode().strip()):
            verb = line[:4].upper()
            if verb == "QUIT":
                return self._say("221 bye")
            if verb == "DATA":
                self._say("354 go on")
                office.mails.append(self._mail())
                self._say("250 kept")
            elif verb == "RCPT" and any(one in line for one in office.unknown):
                self._say("550 nobody of that name")
            else:
                self._say("250 post office")
        return None

    def _mail(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        return mail

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """Open a post office, and let the house send its mails there."""
    office = PostOffice()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Clerk) as server:
        server.daemon_threads = True
        server.office = office  # type: ignore[attr-defined]
        office.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            with override_settings(
                EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
                EMAIL_HOST="127.0.0.1",
                EMAIL_PORT=office.port,
                DEFAULT_FROM_EMAIL="shundan@example.com",
                PUBLIC_URL="https://oms.example.com",
            ):
                yield office
        finally:
            server.shutdown()
            thread.join()
