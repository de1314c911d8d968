"""Consignments and accounts for tests of carriers."""

from decimal import Decimal

from shundan.fulfilment.actions import CarrierAccountInput, save_carrier_account
from shundan.fulfilment.models import CarrierAccount
from shundan.fulfilment.registries import Account, Cargo, Consignment, Place
from tests import make

SENDER = Place(
    company="顺单贸易", contact="孙磊", phone="02161000000", province="上海市", city="上海市", district="嘉定区",
    street="丰登路 615 号", postal_code="201801",
)  # fmt: skip
RECEIVER = Place(
    company="博远科技", contact="李雷", phone="13800001111", province="广东省", city="深圳市", district="南山区",
    street="科技园 1 号", postal_code="518000",
)  # fmt: skip
ABROAD = Place(
    company="Rheinwerk GmbH", contact="Anna Vogel", phone="+492173990120", country="DE", city="Langenfeld",
    street="Industriestr. 14", postal_code="40764",
)  # fmt: skip


def consignment(**more: object) -> Consignment:
    """Return two parcels of screws from Shanghai to Shenzhen."""
    values = {
        "order_key": "SH-2026-000123",
        "service": "1",
        "sender": SENDER,
        "receiver": RECEIVER,
        "parcels": 1,
        "weight": Decimal("6.5"),
        "cargo": (Cargo("内六角螺丝", Decimal(10), Decimal("2.50"), "SCREW"),),
        "ship_on": "2026-03-02",
    }
    return Consignment(**(values | more))  # type: ignore[arg-type]


def opened(url: str, **settings: str) -> Account:
    """Return an account opened for use."""
    return Account("test", url, settings)


def account(carrier: str, *, code: str = "", url: str = "", **settings: str) -> CarrierAccount:
    """Set up an account with a carrier."""
    given = CarrierAccountInput(
        code=code or carrier, carrier=carrier, name=carrier, base_url=url, settings=settings, sender=SENDER
    )
    return save_carrier_account(given, by=make.boss(), is_new=True)
