"""A carrier's own server on loopback: it keeps what it is asked and answers as a test wants."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Said:
    """One answer; status 0 hangs up without a word."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Desk = Callable[[Asked], Said]


@dataclass
class Depot:
    """A running server: its address, what it was asked, and whether it is closed."""

    url: str
    asked: list[Asked] = field(default_factory=list)


class _Clerk(BaseHTTPRequestHandler):
    def _serve(self) -> None:
        server: Any = self.server
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        one = Asked(self.command, self.path, headers, self.rfile.read(length))
        server.depot.asked.append(one)
        said = server.desk(one)
        if said.status == 0:
            self.close_connection = True
            return
        body = said.body.encode() if isinstance(said.body, str) else said.body
        self.send_response(said.status)
        for name, value in {"Content-Type": "application/json", **said.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - the server's names

    def log_message(self, *_said: Any) -> None:
        """Say nothing."""


@contextmanager
def open_depot(desk: Desk) -> Iterator[Depot]:
    """Open a server whose answers `desk` gives."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Clerk) as server:
        server.daemon_threads = True
        depot = Depot(f"http://127.0.0.1:{server.server_address[1]}")
        server.depot, server.desk = depot, desk  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield depot
        finally:
            server.shutdown()
            thread.join()
