"""Every story has the same cast."""

import pytest

from tests import cast
from tests.cast import Cast


@pytest.fixture
def people(db: None) -> Cast:
    """The two companies and six people of the stories."""
    return cast.everyone()
