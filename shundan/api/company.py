"""Our own company, as it stands at the head of papers."""

from base64 import b64decode
from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, Given, Row, Version, Words
from shundan.api.routes import Routes
from shundan.kernel.errors import Detail, Malformed
from shundan.parties.actions import COMPANY_TEXTS, CompanyInput, save_company
from shundan.parties.queries import get_company

routes = Routes("company")
BASE64 = r"^[A-Za-z0-9+/]*={0,2}$"


class CompanyGiven(Given):
    """Our company as it shall be; `logo` is a PNG or JPEG in Base64, empty removes it, without it the present stays."""

    name_zh: Words
    name_en: Words = ""
    address_zh: Words = ""
    address_en: Words = ""
    phone: Words = ""
    email: Words = ""
    website: Words = ""
    tax_number: Words = ""
    bank_name: Words = ""
    bank_account: Words = ""
    logo: Annotated[str, Field(max_length=250_000, pattern=BASE64)] | None = None
    version: Version


class Company(Answer):
    """Our company; version 0 before anybody entered it."""

    name_zh: str
    name_en: str
    address_zh: str
    address_en: str
    phone: str
    email: str
    website: str
    tax_number: str
    bank_name: str
    bank_account: str
    has_logo: bool
    version: int


@routes.get("/company", permission="company.edit", answer=Company)
def show(request: HttpRequest) -> Company:
    """Show our company."""
    return _answer(get_company(by=actor(request)))


@routes.put("/company", permission="company.edit", answer=Company)
def save(request: HttpRequest, given: CompanyGiven) -> Company:
    """Keep our company's data; papers printed from now on have them."""
    texts = {name: getattr(given, name) for name in COMPANY_TEXTS}
    try:
        logo = None if given.logo is None else b64decode(given.logo, validate=True)
    except ValueError as error:
        sentence = _("Choose a PNG or JPEG picture of at most 150 KB.")
        raise Malformed(details=[Detail("logo", "not_a_picture", sentence)]) from error
    return _answer(save_company(CompanyInput(**texts, logo=logo), version=given.version, by=actor(request)))


def _answer(one: Row) -> Company:
    texts = {name: getattr(one, name) if one else "" for name in COMPANY_TEXTS}
    return Company(**texts, has_logo=bool(one and one.logo), version=one.version if one else 0)
