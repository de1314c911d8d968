"""What a body names can be looked up by whoever may send it: colleagues, carriers' and gateways' accounts, reasons."""

import pytest

from shundan.fulfilment.actions import CarrierAccountInput, save_carrier_account
from shundan.fulfilment.registries import Place
from tests import make
from tests.api.client import Api
from tests.cast import Cast

pytestmark = pytest.mark.django_db
DAYS = {"from_on": "2030-01-01", "until_on": "2030-01-05"}


def test_a_colleague_is_named_by_address_by_id_or_as_read(wang: Api, people: Cast) -> None:
    found = wang.get("/colleagues?search=zhang").body["items"]
    assert found == [{"id": str(people.zhang.id), "name": people.zhang.name, "email": "zhang@example.com"}]
    for who in (found[0], found[0]["id"], "Zhang@example.com", {"id": found[0]["id"], "name": "x"}):
        made = wang.post("/delegations", {"to": who, **DAYS})
        assert (made.status, made.body["to"]["id"]) == (201, str(people.zhang.id)), made.body
    assert wang.post("/delegations", {"to": "nobody@example.com", **DAYS}).places == {"body.to": "unknown_user"}
    assert wang.post("/delegations", {"to": "zhang", **DAYS}).places == {"body.to": "invalid_form"}


def test_the_warehouse_sees_the_codes_of_carrier_accounts_and_no_settings(sun: Api, people: Cast) -> None:
    account = CarrierAccountInput(
        code="van", carrier="fleet", name="自有车队", settings={"hidden": "1"}, sender=Place(company="Us")
    )
    save_carrier_account(account, by=people.zhou, is_new=True)
    (row,) = [one for one in sun.get("/carrier-accounts").body["items"] if one["code"] == "van"]
    assert row["name"] == "自有车队"
    assert (row["settings"], row["sender"], row["base_url"], row["secrets"]) == ({}, {}, "", [])


def test_reasons_and_departments_are_read_by_who_names_them(wang: Api, people: Cast) -> None:
    assert {one["step"] for one in wang.get("/reasons").body["items"]} >= {"cancel", "hold"}
    assert people.east.code in {one["code"] for one in wang.get("/departments").body["items"]}
    make.shipped()
