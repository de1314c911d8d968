"""Accounts with carriers: set up by administrators; credentials go in and never come out."""

from django.http import HttpRequest

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Flag, Given, Row, Text, Version, Words
from shundan.api.routes import Routes
from shundan.fulfilment.actions import CarrierAccountInput, save_carrier_account
from shundan.fulfilment.queries import all_carriers, get_carrier_account, list_carrier_accounts, secrets_known
from shundan.fulfilment.registries import Place
from shundan.kernel.actor import Actor
from shundan.ui.doors import SIGNED_IN

routes = Routes("carriers")


class Sender(Given):
    """Where the carrier fetches goods, unless the warehouse has a full address."""

    company: Words = ""
    contact: Words = ""
    phone: Words = ""
    country: Words = "CN"
    province: Words = ""
    city: Words = ""
    district: Words = ""
    street: Words = ""
    postal_code: Words = ""


class CarrierAccountGiven(Given):
    """An account; secret settings that are left out stay as they are."""

    code: Code
    carrier: Code
    name: Words
    base_url: Text = ""
    services: list[Code] = []
    settings: dict[str, Words] = {}
    sender: Sender = Sender()
    stuck_hours: Version = 72
    is_active: Flag = True


class CarrierAccount(Answer):
    """An account; of its secrets only the names."""

    code: str
    carrier: str
    name: str
    base_url: str
    services: list[str]
    settings: dict[str, str]
    secrets: list[str]
    sender: dict[str, str]
    stuck_hours: int
    is_active: bool
    trouble: str


class CarrierAccountList(Answer):
    """All accounts."""

    items: list[CarrierAccount]


class CarrierKind(Answer):
    """A carrier that the house can speak to: what an account needs, and what it can do then."""

    code: str
    abilities: list[str]
    services: list[str]
    settings: list[str]
    secrets: list[str]


class CarrierKinds(Answer):
    """All carriers that accounts can be made for."""

    items: list[CarrierKind]


@routes.get("/carriers", permission="carrier.manage", answer=CarrierKinds)
def kinds(request: HttpRequest) -> CarrierKinds:
    """List the carriers that the house can speak to."""
    return CarrierKinds(
        items=[
            CarrierKind(
                code=one.code,
                abilities=sorted(one.abilities),
                services=[code for code, _label in one.services],
                settings=[each.code for each in one.settings if not each.is_secret],
                secrets=[each.code for each in one.settings if each.is_secret],
            )
            for one in all_carriers().values()
        ]
    )


@routes.get("/carrier-accounts", permission=SIGNED_IN, answer=CarrierAccountList)
def index(request: HttpRequest) -> CarrierAccountList:
    """List the accounts with carriers.

    With carrier.manage all of them; with shipment.read those that shipments can be given to, without their settings.
    """
    by = actor(request)
    return CarrierAccountList(items=[_shown(one, by) for one in list_carrier_accounts(by=by)])


@routes.post("/carrier-accounts", permission="carrier.manage", answer=CarrierAccount)
def create(request: HttpRequest, given: CarrierAccountGiven) -> CarrierAccount:
    """Add an account with a carrier."""
    return _answer(save_carrier_account(_input(given), by=actor(request), is_new=True))


@routes.put("/carrier-accounts/{code}", permission="carrier.manage", answer=CarrierAccount)
def save(request: HttpRequest, code: Code, given: CarrierAccountGiven) -> CarrierAccount:
    """Change an account; its code and carrier stay."""
    known = get_carrier_account(code, by=actor(request))
    wanted = given.model_copy(update={"code": known.code, "carrier": known.carrier})
    return _answer(save_carrier_account(_input(wanted), by=actor(request)))


def _input(given: CarrierAccountGiven) -> CarrierAccountInput:
    return CarrierAccountInput(
        code=given.code,
        carrier=given.carrier,
        name=given.name,
        base_url=given.base_url,
        services=tuple(given.services),
        settings=given.settings,
        sender=Place(**given.sender.model_dump()),
        stuck_hours=given.stuck_hours,
        is_active=given.is_active,
    )


def _shown(one: Row, by: Actor) -> CarrierAccount:
    if by.may("carrier.manage"):
        return _answer(one)
    hidden = {"base_url": "", "settings": {}, "secrets": [], "sender": {}, "trouble": ""}
    return _answer(one).model_copy(update=hidden)


def _answer(one: Row) -> CarrierAccount:
    return CarrierAccount(
        code=one.code,
        carrier=one.carrier,
        name=one.name,
        base_url=one.base_url,
        services=one.services,
        settings=one.settings,
        secrets=sorted(secrets_known(one)),
        sender=one.sender,
        stuck_hours=one.stuck_hours,
        is_active=one.is_active,
        trouble=one.trouble,
    )
