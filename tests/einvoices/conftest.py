"""A gateway on loopback that our account speaks to, our company, and an invoice that may be sent."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from shundan.billing.actions import issue_invoice
from shundan.billing.models import Invoice
from shundan.einvoices.actions import TaxGatewayInput, save_tax_gateway
from shundan.parties.actions import CompanyInput, save_company
from tests import make
from tests.integrations.depot import open_depot
from tests.integrations.nuonuo_desk import KEYS, NuonuoDesk

CODE = "1090122000000000000"
BUYER = "91310115MA1H700017"


@pytest.fixture
def desk() -> Iterator[NuonuoDesk]:
    """A running gateway."""
    found = NuonuoDesk()
    with open_depot(found) as depot:
        found.base_url = depot.url
        yield found


@pytest.fixture
def office(db: None, desk: NuonuoDesk) -> NuonuoDesk:
    """Our company with its tax number, and the account with the gateway."""
    company = CompanyInput(name_zh="上海顺单贸易有限公司", tax_number="91310000MA1K30001G")
    save_company(company, version=0, by=make.boss())
    save_tax_gateway(TaxGatewayInput(gateway="nuonuo", base_url=desk.base_url, settings=KEYS), by=make.boss())
    return desk


def billed(quantity: int = 3, price: str = "33.33", **more: object) -> Invoice:
    """An invoice with all that the bureau wants."""
    goods = make.product(price=price, stock=quantity, tax_category_code=CODE, **more)
    of = make.customer(tax_title="上海博远科技有限公司", tax_number=BUYER)
    order = make.order(state="shipped", quantity=quantity, of=of, products=[goods])
    invoice = issue_invoice(order.number, by=make.boss())
    assert invoice.total == Decimal(price) * quantity
    return invoice
