"""How often a token may call: the same limit for all processes together, within what they have not told one another."""

from datetime import timedelta

import pytest
from django.test import override_settings

from shundan.accounts.actions import TooManyCalls, calls, count_api_call
from shundan.accounts.actions.calls import TOLD_EVERY
from tests import make
from tests.api.client import Api, as_person
from tests.cast import Cast

pytestmark = pytest.mark.django_db
MOST = 60


@pytest.fixture(autouse=True)
def _forgetful() -> None:
    calls._uses.clear()


def allowed(token: str, wanted: int, *, seconds: int = 0) -> int:
    """Call so often and return how many calls were let through."""
    passed = 0
    for _ in range(wanted):
        try:
            count_api_call(token, at=make.AT + timedelta(seconds=seconds))
            passed += 1
        except TooManyCalls:
            pass
    return passed


@override_settings(API_CALLS_PER_MINUTE=MOST)
def test_one_process_lets_exactly_so_many_pass_and_the_next_minute_begins_anew() -> None:
    assert allowed("sd_a", 100) == MOST
    assert allowed("sd_b", 5) == 5
    assert allowed("sd_a", 1, seconds=60) == 1
    assert allowed("sd_c", MOST, seconds=45) == MOST
    with pytest.raises(TooManyCalls) as caught:
        count_api_call("sd_c", at=make.AT + timedelta(seconds=45))
    assert caught.value.facts == {"most": MOST, "seconds": 15}


@override_settings(API_CALLS_PER_MINUTE=MOST)
def test_processes_share_the_limit_but_for_what_they_have_not_told() -> None:
    passed, processes = 0, 4
    for _ in range(processes):
        passed += allowed("sd_a", 25)
        calls._uses.clear()  # the next calls reach a process that knows nothing yet
    assert MOST <= passed < MOST + processes * TOLD_EVERY


def test_without_a_limit_nothing_is_counted() -> None:
    with override_settings(API_CALLS_PER_MINUTE=0):
        assert allowed("sd_a", 1000) == 1000
    assert calls._uses == {}


def test_over_the_api_it_is_429_with_the_seconds_to_wait(people: Cast) -> None:
    api: Api = as_person(people.wang)
    with override_settings(API_CALLS_PER_MINUTE=1):
        # A minute may begin in between, which lets one more pass.
        answers = [api.get("/me") for _ in range(3)]
        refused = next(one for one in answers if one.status == 429)
        assert refused.code == "too_many_calls"
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        # A stranger is told nothing of it.
        assert Api("sd_unknown").get("/me").status == 401
