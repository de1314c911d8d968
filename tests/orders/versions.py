"""Changed versions of the workflow of sales, for tests that move orders between versions."""

import re

from shundan.orders.models import Order
from shundan.workflow.actions import publish_definition
from shundan.workflow.actions.designs import publish_text
from shundan.workflow.models import WorkflowVersion
from tests import make


def sale_text() -> str:
    """Return the workflow of sales in force."""
    make.shipped()
    return WorkflowVersion.objects.filter(code="sale").order_by("-version")[0].content


def renamed(text: str, state: str, name: str) -> str:
    """Give a state another name, wherever it is meant."""
    text = text.replace(f'"{state}"', f'"{name}"').replace(f'category = "{name}"', f'category = "{state}"')
    return re.sub(rf"^{state}( *)=", rf"{name}\1=", text, flags=re.MULTILINE)


def publish_renamed(state: str = "approved", name: str = "checked") -> WorkflowVersion:
    """Publish the workflow of sales with one state renamed."""
    return publish_definition(renamed(sale_text(), state, name), by=make.boss())


def publish_with(old: str, new: str) -> WorkflowVersion:
    """Publish the workflow of sales with something else in it."""
    text = sale_text()
    assert old in text
    return publish_definition(text.replace(old, new, 1), by=make.boss())


def publish_unchecked(old: str, new: str) -> WorkflowVersion:
    """Publish something else as earlier releases could: without today's checks."""
    text = sale_text()
    assert old in text
    made: WorkflowVersion = publish_text("workflow", text.replace(old, new, 1), by=make.boss())
    return made


def confirmed_before_amendments() -> Order:
    """Return a confirmed order whose version knows no changes of running orders; the version in force does."""
    today = sale_text()
    without = re.sub(r"\n\[transitions\.amend\].*?(?=\n\[)", "\n", today, flags=re.DOTALL)
    publish_text("workflow", without.replace('"withdraw_order_amendments", ', ""), by=make.boss())
    order = make.order(state="confirmed", quantity=10)
    publish_text("workflow", today, by=make.boss())
    return order
