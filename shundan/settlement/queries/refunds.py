"""Finding refunds that gateways pay back, and the gateway by which money can go back the way it came."""

from shundan.billing.models import PaymentRequest
from shundan.billing.scopes import visible_requests
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.settlement.models import GatewayAccount, GatewayRefund
from shundan.settlement.registries import GATEWAYS

GATEWAY_PROVIDER = "gateway:"


def gateway_of_refund_request(one: PaymentRequest) -> GatewayAccount | None:
    """Return the account that took the money of a refund request, if it is in use."""
    if one.payment is None or not one.payment.reference or not one.payment.provider.startswith(GATEWAY_PROVIDER):
        return None
    code = one.payment.provider.removeprefix(GATEWAY_PROVIDER)
    found = GatewayAccount.objects.filter(code=code, is_active=True).first()
    return found if found is not None and found.gateway in GATEWAYS else None


def gateway_refunds_of(one: PaymentRequest, *, by: Actor) -> list[GatewayRefund]:
    """Return what was asked of gateways for a request, newest first; none for who may not see requests."""
    if not by.may("payment_request.read"):
        return []
    return list(GatewayRefund.objects.filter(request_id=one.pk).select_related("account", "refund").order_by("-id"))


def get_gateway_refund(number: str, *, by: Actor) -> GatewayRefund:
    """Return a refund by a gateway whose request the actor sees. Raises: NotPermitted, NotFound."""
    require(by, "payment_request.read")
    rows = GatewayRefund.objects.filter(request__in=visible_requests(by).values("pk"))
    found = rows.select_related("account", "refund", "request").filter(number=number.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="gateway refund", key=number[:100])
    return found
