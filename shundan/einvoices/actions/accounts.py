"""Our account with a gateway to the tax bureau, and the tax codes of categories; kept by who keeps our company."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import Category
from shundan.einvoices.models import CategoryTaxCode, TaxGateway
from shundan.einvoices.registries import TAX_GATEWAYS, Gateway
from shundan.einvoices.rules import rates_from
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, VersionConflict, require
from shundan.kernel.events import record
from shundan.kernel.sealing import SealBroken, seal, unseal

_CODE = re.compile(r"\d{19}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxGatewayInput:
    """An account as it is entered. Secret settings that are left empty stay as they are."""

    gateway: str
    base_url: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    is_active: bool = True
    version: int = 0


@action
def save_tax_gateway(given: TaxGatewayInput, *, by: Actor, codes: Mapping[str, str] | None = None) -> TaxGateway:
    """Set up our account with a gateway, or change it; the one in use is the only one.

    `codes` are the tax codes of categories, kept with it where they are given.

    Raises: NotPermitted, Malformed, VersionConflict.
    """
    require(by, "company.edit")
    gateway = TAX_GATEWAYS.get(given.gateway)
    if gateway is None:
        raise Malformed(details=[Detail("gateway", "unknown", _("Choose one of the offered values."))])
    account = TaxGateway.objects.select_for_update().filter(gateway=gateway.code).first()
    if account is not None and account.version != given.version:
        raise VersionConflict()
    account = account or TaxGateway(gateway=gateway.code, version=0)
    account.base_url = given.base_url.strip().rstrip("/") or gateway.base_url
    plain, secret = _settings(gateway, account, given)
    account.settings, account.sealed, account.is_active = plain, seal(secret), given.is_active
    account.version, account.changed_at = account.version + 1, by.at
    if account.is_active:
        TaxGateway.objects.exclude(pk=account.pk).update(is_active=False)
    account.save()
    data = {"gateway": account.gateway, "is_active": account.is_active}
    if codes is not None:
        save_category_tax_codes(codes, by=by)
    record("tax_gateway.saved", subject=("tax_gateway", account.pk), by=by, data=data)
    return account


@action
def save_category_tax_codes(codes: Mapping[str, str], *, by: Actor) -> None:
    """Set the tax codes of all categories by the category's code; those left out have none.

    Raises: NotPermitted, Malformed.
    """
    require(by, "company.edit")
    wanted = {category: code.strip() for category, code in codes.items() if code.strip()}
    known = set(Category.objects.values_list("code", flat=True))
    wrong = [
        Detail(f"codes.{category[:60]}", "unknown", _("There is no such category."))
        for category in wanted
        if category not in known
    ]
    wrong += [
        Detail(f"codes.{category[:60]}", "invalid", _("A goods tax code has 19 digits."))
        for category, code in wanted.items()
        if not _CODE.fullmatch(code)
    ]
    if wrong:
        raise Malformed(details=wrong)
    CategoryTaxCode.objects.exclude(category_code__in=wanted).delete()
    CategoryTaxCode.objects.bulk_create(
        (CategoryTaxCode(category_code=category, tax_code=code) for category, code in wanted.items()),
        update_conflicts=True,
        unique_fields=["category_code"],
        update_fields=["tax_code"],
    )
    record("tax_codes.saved", subject=("tax_gateway", 0), by=by, data={"codes": wanted})


def _settings(gateway: Gateway, account: TaxGateway, given: TaxGatewayInput) -> tuple[dict[str, str], dict[str, str]]:
    secret, plain = _kept_secrets(account), {}
    for one in gateway.settings:
        value = given.settings.get(one.code, "").replace("\x00", "").strip()[:500]
        if not one.is_secret:
            plain[one.code] = value or one.default
        elif value:
            secret[one.code] = value
    wrong = [
        Detail(f"settings.{one.code}", "required", _("This field is required."))
        for one in gateway.settings
        if one.is_required and not (plain | secret).get(one.code)
    ]
    if not _is_safe(account.base_url):
        wrong.append(Detail("base_url", "invalid", _("Give an address that begins with https://.")))
    try:
        rates_from(plain.get("rates", ""))
    except ValueError:
        wrong.append(Detail("settings.rates", "invalid", _("Enter rates such as 0.13 0.06 0, with blanks between.")))
    if wrong:
        raise Malformed(details=wrong)
    return plain, secret


def _kept_secrets(account: TaxGateway) -> dict[str, str]:
    try:
        return unseal(account.sealed)
    except SealBroken:
        return {}  # They are entered anew.


def _is_safe(address: str) -> bool:
    """Tell whether credentials may go there: encrypted, or to this very machine."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return False
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return False
