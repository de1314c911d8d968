"""How carriers are spoken to: one that only drips does not keep a worker."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shundan.fulfilment.registries import CarrierAway
from shundan.integrations.carriers import http


@contextmanager
def _dripping() -> Iterator[str]:
    """Serve an answer that never ends, a byte at a time."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            caller, _address = server.accept()
            with caller:
                caller.recv(4096)
                caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while not stop.wait(0.02):
                    try:
                        caller.sendall(b" ")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            stop.set()
            thread.join()


def test_an_answer_that_only_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LONGEST_ANSWER", 0.3)
    began = time.monotonic()
    with _dripping() as url, pytest.raises(CarrierAway, match="too long") as refusal:
        http.call("GET", url)
    assert refusal.value.was_sent and time.monotonic() - began < 5
