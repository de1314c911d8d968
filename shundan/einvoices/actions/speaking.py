"""Speaking with the gateway about one e-invoice: by a job, one at a time, and never two invoices of one key."""

from datetime import datetime, timedelta

from django.db import connection

from shundan.einvoices.models import EInvoice, EInvoiceFile
from shundan.einvoices.queries import document_from, tax_gateway_opened
from shundan.einvoices.registries import TAX_GATEWAYS, GatewayAway, GatewayClient, GatewayRefused, Told
from shundan.einvoices.rules import RED, UNDER_WAY, is_bureau_number
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.events import record

SOONEST, LATEST = timedelta(seconds=10), timedelta(hours=1)
# A file that is not there after so long is fetched by a person.
FILES_FOR = timedelta(days=2)
LARGEST_FILE = 10 * 1024 * 1024
KINDS_OF_FILE = ("pdf", "ofd", "xml")


class Spoken(GatewayAway):
    """Another job speaks to the gateway about the same e-invoice."""


def speak_of_einvoice(einvoice_id: int, *, by: Actor) -> str:
    """Send an e-invoice or ask how it stands, and return its state then; done again it changes nothing.

    The key is the same in every try and the gateway takes it once, so a lost answer is asked for by sending the same
    again. Raises: GatewayAway (then a job tries again).
    """
    try:
        return _spoken(einvoice_id, by=by)
    except GatewayAway as away:
        if not isinstance(away, Spoken):
            EInvoice.objects.filter(pk=einvoice_id).update(trouble=str(away)[:500], trouble_code="away")
        raise


def ask_due_einvoices(*, by: Actor) -> int:
    """Ask about all e-invoices whose time has come; a gateway that is away is asked the next time. Return how many."""
    due = EInvoice.objects.filter(asks_at__lte=by.at).order_by("asks_at", "id").values_list("id", flat=True)
    done = 0
    for pk in list(due[:200]):
        try:
            speak_of_einvoice(pk, by=by)
        except GatewayAway:
            _later(pk, by.at)
        done += 1
    return done


@action
def _spoken(einvoice_id: int, *, by: Actor) -> str:
    """Speak, one worker at a time; the row is locked only when the answer is there."""
    if not _is_alone(einvoice_id):
        raise Spoken("another job speaks about this e-invoice")
    sent = EInvoice.objects.select_related("gateway", "invoice").get(pk=einvoice_id)
    client = TAX_GATEWAYS[sent.gateway.gateway].open(tax_gateway_opened(sent.gateway))
    if sent.state == "issued":
        return _keep_files(sent, client, by=by)
    if sent.state not in UNDER_WAY:
        return sent.state
    try:
        told = _ask(sent, client)
    except GatewayRefused as refusal:
        told = Told(state="refused", code=refusal.code, text=refusal.text)
        if sent.is_revoking:
            # It was not taken back: it goes on as it was, and says why.
            return _not_revoked(einvoice_id, refusal, by=by)
    return _note(einvoice_id, told, by=by)


def _ask(sent: EInvoice, client: GatewayClient) -> Told:
    document = document_from(sent.content)
    if sent.is_revoking:
        client.revoke_red(sent.key)
        return client.look_red(sent.key)
    if sent.kind == RED:
        return client.request_red(document) if sent.state == "asked" else client.look_red(sent.key)
    return client.issue(document) if sent.state == "asked" else client.look(sent.key)


def _note(einvoice_id: int, told: Told, *, by: Actor) -> str:
    """Keep what the gateway told; each change of state is one event."""
    sent = EInvoice.objects.select_for_update(of=("self",)).select_related("invoice").get(pk=einvoice_id)
    before, state = sent.state, told.state
    if state == "issued" and not is_bureau_number(told.number):
        # Issued without its number is not issued yet for us: it is asked for again.
        state = before if before != "asked" else "requested"
    sent.state, sent.trouble_code, sent.trouble = state, told.code[:60], told.text[:500]
    sent.form_number = told.form_number or sent.form_number
    sent.asks_at = None if state in ("refused", "revoked") else _next(sent, by.at)
    if state == "issued":
        sent.number, sent.issued_at, sent.files = told.number, told.issued_at or by.at, dict(told.files)
        sent.asks_at = by.at if sent.files else None
    if state in ("issued", "refused", "revoked"):
        sent.is_revoking = False
    sent.save()
    if state != before:
        facts = {"number": sent.invoice.number, "tax_number": sent.number, "code": sent.trouble_code}
        told_to = [f"user:{sent.asked_by_id}"] if sent.asked_by_id and state in ("refused", "revoked") else []
        data = facts | {"text": sent.trouble} | ({"notify": told_to} if told_to else {})
        record(f"e_invoice.{state}", subject=sent.subject, by=by, data=data)
    return state


def _not_revoked(einvoice_id: int, refusal: GatewayRefused, *, by: Actor) -> str:
    sent = EInvoice.objects.select_for_update().get(pk=einvoice_id)
    sent.is_revoking, sent.trouble_code, sent.trouble = False, refusal.code[:60], refusal.text[:500]
    sent.asks_at = _next(sent, by.at)
    sent.save()
    return sent.state


def _keep_files(sent: EInvoice, client: GatewayClient, *, by: Actor) -> str:
    """Fetch the files that are not kept yet; a missing file never undoes an issued invoice."""
    kept = set(EInvoiceFile.objects.filter(einvoice=sent).values_list("kind", flat=True))
    missing = [(kind, url) for kind, url in sent.files.items() if kind in KINDS_OF_FILE and kind not in kept]
    is_away = False
    for kind, url in missing:
        try:
            content = client.fetch(str(url))
        except (GatewayAway, GatewayRefused):
            is_away = True
            continue
        if content and len(content) <= LARGEST_FILE:
            EInvoiceFile.objects.get_or_create(
                einvoice=sent, kind=kind, defaults={"content": content, "kept_at": by.at}
            )
    goes_on = is_away and sent.issued_at is not None and by.at - sent.issued_at < FILES_FOR
    EInvoice.objects.filter(pk=sent.pk).update(asks_at=_next(sent, by.at) if goes_on else None)
    return sent.state


def _later(einvoice_id: int, now: datetime) -> None:
    sent = EInvoice.objects.get(pk=einvoice_id)
    EInvoice.objects.filter(pk=einvoice_id, asks_at__lte=now).update(asks_at=_next(sent, now))


def _next(sent: EInvoice, now: datetime) -> datetime:
    """Return when to ask again: soon after it was sent, then ever less often, once an hour at least."""
    return now + min(max((now - sent.asked_at) / 2, SOONEST), LATEST)


def _is_alone(einvoice_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_try_advisory_xact_lock(hashtextextended('einvoices.speak', %s::bigint))", [einvoice_id]
        )
        return bool(cursor.fetchone()[0])
