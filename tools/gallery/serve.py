"""Serve rendered pages and static files on the loopback address, under the real content security policy."""

import http.server
import mimetypes
import threading
from pathlib import Path

from shundan.ui.policies import POLICIES
from tools.gallery.render import UI

PRODUCTS = Path(__file__).with_name("products.json")


def serve(pages: dict[str, str]) -> http.server.ThreadingHTTPServer:
    """Start serving pages by their path; the caller shuts the server down."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path in pages:
                self._send(pages[path].encode(), "text/html; charset=utf-8")
            elif path.startswith("/static/") and (file := UI / "static" / path.removeprefix("/static/")).is_file():
                self._send(file.read_bytes(), mimetypes.guess_type(file.name)[0] or "application/octet-stream")
            elif path == "/products/":
                self._send(PRODUCTS.read_bytes(), "application/json")
            else:
                self._send(b"", "text/plain", 204 if path == "/nothing/" else 404)

        def _send(self, body: bytes, kind: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in POLICIES.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Keep quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
