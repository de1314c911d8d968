"""The flagship: processes are killed at random under load; what was acknowledged is there, exactly once, and whole."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from shundan.config.folders import ROOT
from tests.platform.installation import Installation, eventually, processes

pytestmark = pytest.mark.xdist_group("kills")
KILLS = 20
CLIENTS = 4
# What may answer when a process has just died; the client asks again with the same key.
TRY_AGAIN = {429, 502, 503, 504}


@dataclass
class Client:
    """Places orders and retries each one with its key until there is an answer; keeps what was acknowledged."""

    port: int
    shop: dict[str, Any]
    dice: random.Random
    stop: threading.Event
    placed: dict[str, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    again: int = 0

    def run(self) -> None:
        """Order until told to stop; an order that was begun is carried to its answer."""
        while not self.stop.is_set():
            key = str(uuid.UUID(int=self.dice.getrandbits(128)))
            lines = [
                {"sku": sku, "quantity": str(self.dice.randint(1, 5))}
                for sku in self.dice.sample(self.shop["skus"], self.dice.randint(1, 4))
            ]
            body = {"customer": self.dice.choice(self.shop["customers"]), "lines": lines, "until": "confirmed"}
            self.carry(key, json.dumps(body))

    def carry(self, key: str, body: str) -> None:
        """Send one order again and again until it is answered."""
        asked = 0
        while True:
            asked += 1
            status, answer = self.post(key, body)
            if status == 201:
                self.placed[key] = answer["number"]
                self.again += asked > 1
                return
            if status not in TRY_AGAIN | {0}:
                self.refused[f"{status} {answer}"] += 1
                return
            self.troubles[str(status)] += 1
            time.sleep(0.05)

    def post(self, key: str, body: str) -> tuple[int, Any]:
        """Return status and answer; 0 when there was none."""
        headers = {
            "Authorization": f"Bearer {self.shop['token']}",
            "Idempotency-Key": key,
            "Content-Type": "application/json",
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request("POST", "/api/v1/orders", body, headers)
            response = connection.getresponse()
            text = response.read()
            return response.status, json.loads(text) if response.status < 500 else text
        except (OSError, http.client.HTTPException, ValueError):
            return 0, None
        finally:
            connection.close()


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """A whole installation with its own database, web and worker."""
    installation = Installation()
    installation.start()
    yield installation
    installation.remove()


@pytest.fixture(scope="module")
def shop(installation: Installation) -> dict[str, Any]:
    """A seller's token, customers and products inside the installation."""
    return inside(installation, "open")


def inside(installation: Installation, verb: str) -> dict[str, Any]:
    """Run a verb of the ground inside the installation."""
    outcome = subprocess.run(
        [sys.executable, "-m", "tests.faults.ground_of_kills", verb],
        env={**installation.environment, "DJANGO_SETTINGS_MODULE": "shundan.config.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert outcome.returncode == 0, outcome.stderr
    return dict(json.loads(outcome.stdout))


def victim(installation: Installation, what: str) -> int | None:
    """Return a process to kill: a role, a web worker, or one backend of the database."""
    if what in ("web", "worker", "database"):
        return installation.pid_of(what)
    parent = installation.pid_of("web" if what == "web worker" else "database")
    mine = [
        pid
        for pid, owner, command in processes()
        if owner == parent and (what == "web worker" or "shundan shundan" in " ".join(command))
    ]
    return random.choice(mine) if mine else None


def kill(installation: Installation, what: str) -> bool:
    """Kill a process of this kind; tell whether there was one."""
    pid = victim(installation, what)
    if pid is None:
        return False
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def test_the_same_key_50_times_at_once_over_http_is_one_order(installation: Installation, shop: dict[str, Any]) -> None:
    client = Client(installation.port, shop, random.Random(0), threading.Event())
    lines = [{"sku": shop["skus"][0], "quantity": "2"}]
    body = json.dumps({"customer": shop["customers"][0], "lines": lines, "until": "confirmed"})
    other = body.replace('"2"', '"3"')
    before = inside(installation, "count")["orders"]
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda i: client.post("the-same", body), range(50)))
    assert {status for status, _answer in answers} == {201}
    assert len({json.dumps(answer, sort_keys=True) for _status, answer in answers}) == 1
    assert inside(installation, "count")["orders"] == [*before, answers[0][1]["number"]]
    status, answer = client.post("the-same", other)
    assert (status, answer["code"]) == (422, "idempotency_key_reused")


def test_twenty_kills_under_load_lose_and_double_nothing(installation: Installation, shop: dict[str, Any]) -> None:
    seed = int(os.environ.get("SHUNDAN_SEED") or random.randrange(10**6))
    print(f"seed {seed}")
    dice = random.Random(seed)
    known = set(inside(installation, "count")["orders"])
    stop = threading.Event()
    clients = [Client(installation.port, shop, random.Random(seed + 1 + i), stop) for i in range(CLIENTS)]
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()

    def answered() -> int:
        return sum(len(client.placed) for client in clients)

    kills: Counter[str] = Counter()
    rounds = ["web", "web worker", "worker", "database", "backend"] * (KILLS // 5)
    dice.shuffle(rounds)
    try:
        for what in rounds:
            # All is well again: orders are answered. Then strike between a sixth and half of a second later.
            before = answered()
            assert eventually(lambda before=before: answered() > before), (what, installation.printed())
            time.sleep(dice.uniform(0.15, 0.5))
            assert eventually(lambda what=what: kill(installation, what)), (what, installation.printed())
            kills[what] += 1
        before = answered()
        assert eventually(lambda: answered() > before + 4), installation.printed()
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    assert not any(thread.is_alive() for thread in threads)

    acknowledged = [number for client in clients for number in client.placed.values()]
    again = sum(client.again for client in clients)
    troubles: Counter[str] = sum((client.troubles for client in clients), Counter())
    print(f"kills {dict(kills)}, acknowledged {len(acknowledged)}, after a retry {again}, no answer {dict(troubles)}")
    assert sum(kills.values()) == KILLS
    assert not sum((client.refused for client in clients), Counter())

    # The jobs of killed workers are done again; then each confirmed order was counted exactly once.
    found: dict[str, Any] = {}
    settled = eventually(lambda: found.update(inside(installation, "count")) or found["waiting"] == 0)
    assert settled, found
    assert sorted(set(found["orders"]) - known) == sorted(acknowledged)
    assert len(set(acknowledged)) == len(acknowledged)
    assert found["broken"] == []
    assert found["failed"] == 0
    assert found["counted"] == found["confirmed"] == len(acknowledged) + len(known)
