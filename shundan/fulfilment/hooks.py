"""What notices say of a waybill or an inspection; the papers of shipments."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.accounts.queries import department_codes_unscoped
from shundan.fulfilment.models import Inspection, Shipment, Waybill
from shundan.fulfilment.queries import (
    delivery_columns,
    delivery_note_of,
    examined_of_order_lines,
    get_shipment,
    language_of_shipment,
    packing_columns,
    packing_list_of,
    pick_columns,
    pick_list_of,
)
from shundan.kernel.actor import Actor
from shundan.notifications.registries import SUBJECTS, About
from shundan.orders.registries import EXAMINED_GOODS
from shundan.papers.registries import PaperKind, offer_paper

PROBLEM_WORDS: Mapping[str, tuple[str, str]] = {
    "stuck": ("物流长时间无更新", "Nothing was heard of the parcel"),
    "late": ("超过预计送达时间", "The parcel is late"),
    "exception": ("物流异常", "The carrier reports an exception"),
    "returned": ("包裹被退回", "The parcel comes back"),
    "damaged": ("货物破损", "The goods are damaged"),
    "unsure": ("承运商下单结果未知", "It is not known whether the carrier took the order"),
    "not_cancelled": ("承运商拒绝取消", "The carrier did not cancel the order"),
    "cancel_unsure": (
        "承运商未答复是否已取消：请再次取消，或向承运商核实",
        "It is not known whether the carrier cancelled: cancel again, or ask the carrier",
    ),
    "no_label": ("承运商未给出面单：请重新获取", "The carrier gave no label: fetch it again"),
    "refused": ("承运商拒绝下单", "The carrier refused the order"),
}


def about_waybill(waybill_id: int, data: Mapping[str, Any]) -> About | None:
    """Return what a notice of a waybill's event is about."""
    waybill = Waybill.objects.select_related("shipment__order__customer").filter(pk=waybill_id).first()
    if waybill is None:
        return None
    order = waybill.shipment.order
    home = order.department_id or 0
    zh, en = PROBLEM_WORDS.get(str(data.get("problem", "")), ("", ""))
    return About(
        title=waybill.order_key,
        party=order.party_name,
        places={"owner": order.owner_id},
        department=department_codes_unscoped([home]).get(home),
        words_zh=zh,
        words_en=en,
    )


# What happened to an inspection, as its events call it.
INSPECTION_WORDS: Mapping[str, tuple[str, str]] = {
    "opened": ("到货待检", "Goods wait to be inspected"),
    "concession_asked": ("申请让步接收，待您批准", "A concession waits for your agreement"),
    "concession_refused": ("让步接收未获批准", "The concession was refused"),
    "decided": ("检验已判定", "The inspection was decided"),
}


def about_inspection(inspection_id: int, data: Mapping[str, Any]) -> About | None:
    """Return what a notice of an inspection's event is about."""
    inspection = Inspection.objects.select_related("receipt__order__supplier").filter(pk=inspection_id).first()
    if inspection is None:
        return None
    order = inspection.receipt.order
    zh, en = INSPECTION_WORDS.get(str(data.get("happened", "")), ("", ""))
    places = {"owner": order.owner_id, "inspector": inspection.decided_by_id}
    return About(title=inspection.number, party=order.party_name, places=places, words_zh=zh, words_en=en)


EXAMINED_GOODS.append(examined_of_order_lines)
SUBJECTS["waybill"] = about_waybill
SUBJECTS["inspection"] = about_inspection


def _shipment(number: str, by: Actor) -> Shipment:
    return get_shipment(number, by=by)


for code, label, draw, columns, language_of in (
    ("pick_list", _("Pick list"), pick_list_of, pick_columns, lambda _shipment: ""),
    ("packing_list", _("Packing list"), packing_list_of, packing_columns, language_of_shipment),
    ("delivery_note", _("Delivery note"), delivery_note_of, delivery_columns, language_of_shipment),
):
    offer_paper(PaperKind(code=code, label=label, find=_shipment, draw=draw, columns=columns, language_of=language_of))
