"""Carriers that exchange files: orders out as CSV, tracking numbers and events back as CSV."""

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.actions.news import note_scans
from shundan.fulfilment.models import CarrierAccount, Shipment, Waybill
from shundan.fulfilment.queries.waybills import consignment_of
from shundan.fulfilment.registries import Scan
from shundan.fulfilment.rules import TRACKING
from shundan.fulfilment.scopes import visible_waybills
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, require
from shundan.kernel.events import record
from shundan.kernel.texts import as_utf8

FILE_CARRIER = "file"
LARGEST_FILE = 5 * 1024 * 1024
MOST_ROWS = 20_000
MOST_PROBLEMS = 50
# What a spreadsheet would run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
OUT = (
    "order_key service parcels weight_kg sender sender_phone sender_address receiver receiver_phone"
    " receiver_province receiver_city receiver_district receiver_street receiver_postcode goods remark"
).split()
IN = ("order_key", "tracking_number", "time", "state", "place", "text")


def waybill_file(account_code: str, *, by: Actor) -> bytes:
    """Return the waybills of a file account without a tracking number, as CSV. Raises: NotPermitted, NotFound."""
    require(by, "shipment.ship")
    account = _file_account(account_code)
    rows = visible_waybills(by, "shipment.ship").filter(account=account, state="booked", tracking_number="")
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(OUT)
    for waybill in rows.order_by("id"):
        one = consignment_of(waybill)
        there, here = one.receiver, one.sender
        cells = (
            waybill.order_key,
            one.service,
            str(one.parcels),
            str(one.weight),
            here.company or here.contact,
            here.phone,
            " ".join(part for part in (here.province, here.city, here.district, here.street) if part),
            there.contact,
            there.phone,
            there.province,
            there.city,
            there.district,
            there.street,
            there.postal_code,
            "; ".join(cargo.name for cargo in one.cargo)[:200],
            one.remark,
        )
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return "﻿".encode() + buffer.getvalue().encode()


@action
def import_carrier_events(account_code: str, content: bytes, *, by: Actor) -> int:
    """Take in a file of tracking numbers and events, all of it or nothing; return how many events were new.

    The same file read again changes nothing. Times without a zone are those of the company. Raises: NotPermitted,
    NotFound, Malformed (each row with its problem).
    """
    require(by, "shipment.ship")
    account = _file_account(account_code)
    rows = _rows(content)
    known = {
        one.order_key: one for one in visible_waybills(by, "shipment.ship").filter(account=account, state="booked")
    }
    by_number = {one.tracking_number: one for one in known.values() if one.tracking_number}
    wrong: list[Detail] = []
    scans: dict[int, list[Scan]] = {}
    for at, row in enumerate(rows, start=2):
        waybill = known.get(row["order_key"]) or by_number.get(row["tracking_number"])
        if waybill is None:
            wrong.append(
                Detail(f"rows[{at}]", "unknown", _("Line %(line)s: this waybill is not known.") % {"line": at})
            )
            continue
        _number(waybill, row["tracking_number"])
        if row["state"] or row["time"]:
            scan = _scan(row, at, by, wrong)
            if scan is not None:
                scans.setdefault(waybill.pk, []).append(scan)
    if wrong:
        raise Malformed(details=wrong[:MOST_PROBLEMS])
    new = sum(note_scans(pk, found, source="file", by=by) for pk, found in sorted(scans.items()))
    facts = {"code": account.code, "rows": len(rows), "new": new}
    record("carrier_account.events_read", subject=("carrier_account", account.pk), by=by, data=facts)
    return new


def _number(waybill: Waybill, number: str) -> None:
    """Give a waybill the number that the carrier gave it; a number once given stays."""
    if number and not waybill.tracking_number:
        waybill.tracking_number = number[:60]
        Shipment.objects.filter(pk=waybill.shipment_id).update(tracking_number=waybill.tracking_number)
        waybill.save(update_fields=["tracking_number"])


def _scan(row: Mapping[str, str], at: int, by: Actor, wrong: list[Detail]) -> Scan | None:
    try:
        moment = datetime.fromisoformat(row["time"])
    except ValueError:
        sentence = _("Line %(line)s: the time must look like 2026-01-31 15:30.") % {"line": at}
        wrong.append(Detail(f"rows[{at}].time", "not_a_moment", sentence))
        return None
    if row["state"] not in TRACKING:
        facts = {"line": at, "states": ", ".join(TRACKING)}
        sentence = _("Line %(line)s: the state must be one of %(states)s.") % facts
        wrong.append(Detail(f"rows[{at}].state", "unknown", sentence))
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(by.zone))
    return Scan(moment, row["state"], "", row["text"], row["place"])


def _rows(content: bytes) -> list[dict[str, str]]:
    if not 0 < len(content) <= LARGEST_FILE:
        raise Malformed(details=[Detail("file", "out_of_range", _("Choose a file of at most 5 MB that is not empty."))])
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = as_utf8(content).decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Malformed(details=[Detail("file", "invalid", _("The file is no text in UTF-8 or GBK."))])
    head = text.partition("\n")[0]
    mark = max((",", ";", "\t"), key=head.count)
    reader = csv.DictReader(io.StringIO(text.replace("\x00", "")), delimiter=mark)
    missing = [name for name in ("order_key", "time", "state") if name not in (reader.fieldnames or ())]
    if missing:
        sentence = _("The file needs the columns order_key, tracking_number, time, state, place, text.")
        raise Malformed(details=[Detail("file", "columns_missing", sentence)])
    rows = [{name: (row.get(name) or "").strip() for name in IN} for row in reader]
    if len(rows) > MOST_ROWS:
        raise Malformed(details=[Detail("file", "out_of_range", _("The file has too many lines; split it."))])
    return rows


def _file_account(code: str) -> CarrierAccount:
    found = CarrierAccount.objects.filter(code=code.replace("\x00", ""), carrier=FILE_CARRIER).first()
    if found is None:
        raise NotFound(what="carrier account", key=code[:60])
    return found
