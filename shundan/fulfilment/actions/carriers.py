"""Accounts with carriers: set up by an administrator, credentials sealed as they come in."""

import ipaddress
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.models import CarrierAccount
from shundan.fulfilment.registries import CARRIERS, Carrier, Place
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, require
from shundan.kernel.events import record
from shundan.kernel.sealing import SealBroken, seal, unseal

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierAccountInput:
    """An account as it is entered. Secret settings that are left empty stay as they are."""

    code: str
    carrier: str
    name: str
    base_url: str = ""
    services: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    sender: Place = field(default_factory=Place)
    stuck_hours: int = 72
    is_active: bool = True


@action
def save_carrier_account(given: CarrierAccountInput, *, by: Actor, is_new: bool = False) -> CarrierAccount:
    """Add an account with a carrier, or change one; its carrier stays. Raises: NotPermitted, NotFound, Malformed."""
    require(by, "carrier.manage")
    found = CarrierAccount.objects.select_for_update().filter(code=given.code).first()
    if found is None and not is_new:
        raise NotFound(what="carrier account", key=given.code[:60])
    carrier = CARRIERS.get(found.carrier if found and not is_new else given.carrier)
    _check(given, carrier, taken=found is not None and is_new)
    assert carrier is not None
    account = found or CarrierAccount(code=given.code, carrier=carrier.code, push_key=secrets.token_urlsafe(24))
    account.name = _clean(given.name)
    account.base_url = given.base_url.strip().rstrip("/") or carrier.base_url
    account.services = [code for code, _label in carrier.services if code in given.services]
    account.sender = {name: _clean(value) for name, value in asdict(given.sender).items()}
    account.stuck_hours, account.is_active, account.trouble = given.stuck_hours, given.is_active, ""
    known, plain = _kept_secrets(account), {}
    for one in carrier.settings:
        value = _clean(given.settings.get(one.code, ""))
        if not one.is_secret:
            plain[one.code] = value or one.default
        elif value:
            known[one.code] = value
    _require_settings(carrier, plain | known)
    account.settings, account.sealed = plain, seal(known)
    account.save()
    data = {"code": account.code, "carrier": account.carrier, "is_active": account.is_active}
    record("carrier_account.saved", subject=("carrier_account", account.pk), by=by, data=data)
    return account


def _kept_secrets(account: CarrierAccount) -> dict[str, str]:
    try:
        return unseal(account.sealed)
    except SealBroken:
        return {}  # They are entered anew.


def _check(given: CarrierAccountInput, carrier: Carrier | None, *, taken: bool) -> None:
    wrong = []
    if not _CODE.fullmatch(given.code):
        wrong.append(Detail("code", "invalid", _("Use small letters, digits, hyphens; at most 40.")))
    if taken:
        wrong.append(Detail("code", "taken", _("There is an account with this code already.")))
    if carrier is None:
        wrong.append(Detail("carrier", "unknown", _("Choose a carrier.")))
    if not _clean(given.name):
        wrong.append(Detail("name", "required", _("This field is required.")))
    if given.base_url and not _is_safe_address(given.base_url.strip()):
        wrong.append(Detail("base_url", "invalid", _("Give an address that begins with https://.")))
    if not 0 < given.stuck_hours <= 10_000:
        wrong.append(Detail("stuck_hours", "out_of_range", _("Give a number of hours from 1 to 10000.")))
    if wrong:
        raise Malformed(details=wrong)


def _require_settings(carrier: Carrier, values: Mapping[str, str]) -> None:
    missing = [
        Detail(f"settings.{one.code}", "required", _("This field is required."))
        for one in carrier.settings
        if one.is_required and not values.get(one.code)
    ]
    if missing:
        raise Malformed(details=missing)


def _is_safe_address(address: str) -> bool:
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


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()[:500]
