"""The cast, and the API as each of them calls it."""

import pytest

from tests import make
from tests.api.client import Api, as_person
from tests.cast import Cast


@pytest.fixture
def wang(people: Cast) -> Api:
    """The rep of the east, whose customer is Boyuan."""
    return as_person(people.wang)


@pytest.fixture
def zhao(people: Cast) -> Api:
    """Finance."""
    return as_person(people.zhao)


@pytest.fixture
def sun(people: Cast) -> Api:
    """The warehouse."""
    return as_person(people.sun)


@pytest.fixture
def zhang(people: Cast) -> Api:
    """The sales manager."""
    return as_person(people.zhang)


@pytest.fixture
def screws(people: Cast) -> str:
    """The SKU of a product at 9.99 with 100 in stock."""
    return make.product("SCREW", price="9.99", stock=100).sku
