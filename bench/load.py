"""Clients that work for a while: how much they got done, and how long each piece took."""

import http.client
import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context


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


def rate_of_requests(
    bodies: Callable[[int], Iterator[bytes]], *, port: int, path: str, token: str, clients: int, seconds: float
) -> tuple[float, list[float]]:
    """Return requests a second over kept connections and the time of each; the clients are one process of their own.

    Raises: RuntimeError for any answer but 201.
    """
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_request, args=(sender, bodies, port, path, token, clients, seconds))
    process.start()
    done, took, times, fault = receiver.recv()
    process.join()
    if fault:
        raise RuntimeError(fault)
    return done / took, times


def p95(times: list[float]) -> float:
    """Return the time that 95 of 100 stay below, in milliseconds."""
    return statistics.quantiles(times, n=20)[-1] * 1000 if len(times) > 1 else times[0] * 1000


def _request(sender, bodies, port, path, token, clients, seconds) -> None:  # type: ignore[no-untyped-def]
    times: list[float] = []
    faults: list[str] = []
    stop = time.perf_counter() + seconds

    def client(i: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for n, body in enumerate(bodies(i)):
            before = time.perf_counter()
            if before >= stop or faults:
                break
            connection.request(
                "POST",
                path,
                body,
                {
                    "Authorization": f"Bearer {token}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": f"{before}-{i}-{n}",
                },
            )
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 201:
                faults.append(f"{answer.status}: {text[:500].decode(errors='replace')}")
            times.append(time.perf_counter() - before)

    threads = [threading.Thread(target=client, args=(i,)) for i in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sender.send((len(times), time.perf_counter() - started, times, faults[0] if faults else ""))


def body_of_order(customer: str, skus: list[str]) -> bytes:
    """Return the request that places and confirms an order of one piece each."""
    lines = [{"sku": sku, "quantity": "1"} for sku in skus]
    return json.dumps({"type": "sales", "customer": customer, "lines": lines, "until": "confirmed"}).encode()
