"""Finding accounts with gateways and what customers are asked to pay by them."""

from collections.abc import Mapping
from decimal import Decimal

from django.conf import settings
from django.db.models import Q

from shundan.billing.models import Deposit, Invoice
from shundan.billing.scopes import visible_deposits, visible_invoices
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.sealing import SealBroken, unseal
from shundan.settlement.models import Charge, GatewayAccount
from shundan.settlement.registries import GATEWAYS, Gateway, OpenedGateway


def all_gateways() -> Mapping[str, Gateway]:
    """Return the gateways that the house can speak to, by code."""
    return GATEWAYS


def list_gateway_accounts(*, by: Actor) -> list[GatewayAccount]:
    """Return all accounts. Raises: NotPermitted."""
    require(by, "gateway.read")
    return list(GatewayAccount.objects.order_by("code"))


def get_gateway_account(code: str, *, by: Actor) -> GatewayAccount:
    """Return an account. Raises: NotPermitted, NotFound."""
    require(by, "gateway.manage")
    found = GatewayAccount.objects.filter(code=code.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="gateway account", key=code[:60])
    return found


def gateways_for(paper: Invoice | Deposit, *, by: Actor) -> list[GatewayAccount]:
    """Return the accounts by which an invoice or a deposit may be paid; none for who may not register payments."""
    if not by.may("payment.register") or left_to_charge(paper) <= 0:
        return []
    rows = GatewayAccount.objects.filter(is_active=True).order_by("code")
    return [one for one in rows if _takes(GATEWAYS.get(one.gateway), paper.currency)]


def left_to_charge(paper: Invoice | Deposit) -> Decimal:
    """Return what a customer may still be asked to pay for an invoice or a deposit."""
    if isinstance(paper, Invoice):
        return paper.open_amount
    return Decimal(0) if paper.outcome else paper.missing


def charges_of(paper: Invoice | Deposit, *, by: Actor) -> list[Charge]:
    """Return what was asked for an invoice or a deposit, newest first; none for who may not see payments."""
    if not by.may("payment.read"):
        return []
    of = Q(invoice_id=paper.pk) if isinstance(paper, Invoice) else Q(deposit_id=paper.pk)
    return list(Charge.objects.filter(of).select_related("account").order_by("-id"))


def get_charge(number: str, *, by: Actor, permission: str = "payment.read") -> Charge:
    """Return what was asked for an invoice or a deposit that the actor sees. Raises: NotPermitted, NotFound."""
    require(by, permission)
    seen = Q(invoice_id__in=visible_invoices(by).values("pk")) | Q(deposit_id__in=visible_deposits(by).values("pk"))
    rows = Charge.objects.filter(seen).select_related("account", "customer", "invoice", "deposit", "payment")
    found = rows.filter(number=number.replace("\x00", ""))
    charge = found.first()
    if charge is None:
        raise NotFound(what="charge", key=number[:100])
    return charge


def gateway_secrets_known(account: GatewayAccount) -> set[str]:
    """Return the codes of the secrets that are kept."""
    try:
        return set(unseal(account.sealed))
    except SealBroken:
        return set()


def gateway_opened(account: GatewayAccount) -> OpenedGateway:
    """Return an account with its secrets. Raises: SealBroken."""
    return OpenedGateway(
        base_url=account.base_url,
        notify_url=f"{settings.PUBLIC_URL}/api/v1/gateway-notices/{account.push_key}",
        return_url=f"{settings.PUBLIC_URL}/",
        settings={**account.settings, **unseal(account.sealed)},
    )


def _takes(gateway: Gateway | None, currency: str) -> bool:
    return gateway is not None and (not gateway.currencies or currency in gateway.currencies)
