"""Clients that work for a while: how much they got done, and how long each piece took."""

import json
import re
import selectors
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context

from django.db import connections

from shundan.config.web import WORKERS

# A process remembers each customer and product at its first order (docs/adr/0023), and it lives for days: so much of
# the measured time passes first, in which it learns them.
WARM_UP = 1.0
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


def rate_of_threads(work: Callable[[], None], *, clients: int, seconds: float) -> float:
    """Return how often a second `clients` threads get the work done."""
    done = [0] * clients
    stop = time.perf_counter() + seconds

    def client(i: int) -> None:
        while time.perf_counter() < stop:
            work()
            done[i] += 1

    threads = [threading.Thread(target=client, args=(i,)) for i in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - started)


def rate_of_workers(work: Callable[[], None], *, clients: int, seconds: float) -> float:
    """Return how often a second the work is done by `clients` threads, spread over as many processes as the web's."""
    workers = min(clients, WORKERS)
    context = get_context("fork")
    pipes = [context.Pipe(duplex=False) for _worker in range(workers)]
    connections.close_all()
    for i, (_receiver, sender) in enumerate(pipes):
        share = clients // workers + (i < clients % workers)
        context.Process(target=_work, args=(sender, work, share, seconds)).start()
    for _receiver, sender in pipes:
        sender.close()  # or nobody would hear that a worker fell over
    return sum(receiver.recv() for receiver, _sender in pipes)


def rate_of_requests(
    bodies: Callable[[int], Iterator[bytes]], *, port: int, path: str, token: str, clients: int, seconds: float
) -> tuple[float, list[float]]:
    """Return requests a second over kept connections and the time of each; the clients are one process of their own.

    Raises: RuntimeError for any answer but 201, and where no server listens.
    """
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_request, args=(sender, bodies, port, path, token, clients, seconds))
    process.start()
    sender.close()  # or nobody would hear that the clients fell over
    done, took, times, fault = receiver.recv()
    process.join()
    if fault:
        raise RuntimeError(fault)
    return done / took, times


def p95(times: list[float]) -> float:
    """Return the time that 95 of 100 stay below, in milliseconds."""
    return statistics.quantiles(times, n=20)[-1] * 1000 if len(times) > 1 else times[0] * 1000


def _work(sender, work, clients, seconds) -> None:  # type: ignore[no-untyped-def]
    rate_of_threads(work, clients=clients, seconds=seconds * WARM_UP)
    sender.send(rate_of_threads(work, clients=clients, seconds=seconds))


def _request(sender, bodies, port, path, token, clients, seconds) -> None:  # type: ignore[no-untyped-def]
    try:
        sender.send((*_exchange(bodies, port, path, token, clients, seconds), ""))
    except (RuntimeError, OSError) as error:
        sender.send((0, 1.0, [], str(error) or repr(error)))


def _exchange(bodies, port, path, token, clients, seconds) -> tuple[int, float, list[float]]:  # type: ignore[no-untyped-def]
    """Keep `clients` connections busy from one thread: what a client costs is not what is measured."""
    times: list[float] = []
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\nIdempotency-Key: {key}\r\nContent-Length: {length}\r\n\r\n"
    )
    run = f"{time.time_ns()}"
    with selectors.DefaultSelector() as selector:
        for i in range(clients):
            client = _Client(socket.create_connection(("127.0.0.1", port)), bodies(i))
            client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(client.socket, selectors.EVENT_READ, client)
            client.send(head, f"{run}-{i}")
        started = time.perf_counter()
        stop, waiting = started + seconds, clients
        while waiting:
            for key, _events in selector.select():
                client = key.data
                if not client.receive():
                    continue
                now = time.perf_counter()
                times.append(now - client.sent_at)
                if now < stop:
                    client.send(head, f"{run}-{key.fd}")
                else:
                    selector.unregister(client.socket)
                    client.socket.close()
                    waiting -= 1
    return len(times), time.perf_counter() - started, times


class _Client:
    """One kept connection: sends a body after the other and reads the answers."""

    def __init__(self, connected: socket.socket, bodies: Iterator[bytes]) -> None:
        self.socket = connected
        self.bodies = enumerate(bodies)
        self.received = b""
        self.sent_at = 0.0

    def send(self, head: str, key: str) -> None:
        n, body = next(self.bodies)
        self.sent_at = time.perf_counter()
        self.socket.sendall(head.replace("{key}", f"{key}-{n}").replace("{length}", str(len(body))).encode() + body)

    def receive(self) -> bool:
        """Read what came and tell whether the answer is whole. Raises: RuntimeError for any answer but 201."""
        part = self.socket.recv(1 << 16)
        self.received += part
        head, found, body = self.received.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if part and (not found or length is None or len(body) < int(length[1])):
            return False
        if not head.startswith(b"HTTP/1.1 201"):
            raise RuntimeError(self.received[:500].decode(errors="replace") or "the server closed the connection")
        self.received = b""
        return True


def body_of_order(customer: str, skus: list[str]) -> bytes:
    """Return the request that places and confirms an order of one piece each."""
    lines = [{"sku": sku, "quantity": "1"} for sku in skus]
    return json.dumps({"type": "sales", "customer": customer, "lines": lines, "until": "confirmed"}).encode()
