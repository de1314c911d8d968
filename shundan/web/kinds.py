"""How each kind of order looks on the pages: its place, its words, its views, tracks and papers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shundan.accounts.scopes import may_with_kind
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotPermitted
from shundan.orders.queries import Order, direction_of
from shundan.web.words import Word, label_of
from shundan.workflow.queries import definition_of

View = tuple[str, Word]
NUMBER, SHIPPING, SHIPPED = _("Customer number"), _("Shipping"), _("Shipped")
INVOICING, PAYMENT = _("Invoicing"), _("Payment")
ALL: tuple[View, ...] = (
    ("all", _("All")),
    ("mine", _("Mine")),
    ("drafts", _("Drafts")),
    ("to_approve", _("Awaiting approval")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """The words and parts of one kind; an axis that is empty is no track of it."""

    kind: str
    place: str
    title: Word
    new: Word
    empty: Word
    empty_text: Word
    party: Word
    icon: str
    views: Sequence[View]
    number_of_party: Word = NUMBER
    pickers: tuple[str, ...] = ("customer",)
    fulfilment: str = "fulfilment"
    fulfilment_label: Word = SHIPPING
    moved: Word = SHIPPED
    invoicing: str = "invoicing"
    invoicing_label: Word = INVOICING
    payment: str = "payment"
    payment_label: Word = PAYMENT

    def url(self, name: str = "list") -> str:
        """Return the address of this kind's list or of a part of it."""
        return reverse(f"{self.place}.{name}")


FACES: Mapping[str, Face] = MappingProxyType(
    {
        face.kind: face
        for face in (
            Face(
                kind="sale",
                place="orders",
                title=_("Sales orders"),
                new=_("New order"),
                empty=_("No orders yet"),
                empty_text=_("Enter the first one, or bring your orders in from a spreadsheet."),
                party=_("Customer"),
                icon="clipboard-list",
                views=(
                    *ALL,
                    ("to_confirm", _("To confirm")),
                    ("to_ship", _("To ship")),
                    ("to_invoice", _("To invoice")),
                    ("today", _("Today")),
                    ("overdue", _("Overdue")),
                    ("slipping", _("Delivery slips")),
                    ("on_hold", _("On hold")),
                ),
            ),
            Face(
                kind="purchase",
                place="purchases",
                title=_("Purchase orders"),
                new=_("New purchase"),
                empty=_("No purchases yet"),
                empty_text=_("Ask a supplier for goods; what comes in goes on the shelf with a receipt."),
                party=_("Supplier"),
                number_of_party=_("Supplier number"),
                icon="shopping-cart",
                pickers=("supplier",),
                views=(
                    *ALL,
                    ("to_confirm", _("To issue")),
                    ("to_ship", _("To receive")),
                    ("to_invoice", _("To bill")),
                    ("today", _("Today")),
                    ("overdue", _("Overdue")),
                    ("on_hold", _("On hold")),
                ),
                fulfilment="receiving",
                fulfilment_label=_("Receiving"),
                moved=_("Received"),
                invoicing="billing",
                invoicing_label=pgettext_lazy("purchase", "Billing"),
                payment_label=pgettext_lazy("purchase", "Payment"),
            ),
            Face(
                kind="return",
                place="returns",
                title=_("Return orders"),
                new=_("New return"),
                empty=_("No returns yet"),
                empty_text=_("A return begins at the order whose goods come back: open it and choose Return."),
                party=_("Customer or supplier"),
                number_of_party=_("Number of customer or supplier"),
                icon="truck-return",
                pickers=("customer", "supplier"),
                views=(
                    *ALL,
                    ("to_confirm", _("To confirm")),
                    ("to_ship", _("Goods awaited")),
                    ("today", _("Today")),
                    ("on_hold", _("On hold")),
                ),
                fulfilment="returning",
                fulfilment_label=_("Goods"),
                moved=_("Came back"),
                invoicing="",
                payment="",
            ),
            Face(
                kind="service",
                place="services",
                title=_("Service orders"),
                new=_("New service"),
                empty=_("No services yet"),
                empty_text=_("Plan work for a customer; parts are taken from the shelf when it is done."),
                party=_("Customer"),
                icon="tool",
                views=(
                    *ALL,
                    ("to_confirm", _("To confirm")),
                    ("to_invoice", _("To invoice")),
                    ("today", _("Today")),
                    ("overdue", _("Overdue")),
                    ("on_hold", _("On hold")),
                ),
                fulfilment="performing",
                fulfilment_label=_("Work and parts"),
                moved=_("Done"),
            ),
            Face(
                kind="transfer",
                place="transfers",
                title=_("Internal transfers"),
                new=_("New transfer"),
                empty=_("No transfers yet"),
                empty_text=_("Move goods between warehouses, or let one department work for another."),
                party=_("To"),
                number_of_party=_("Receiver"),
                icon="transfer",
                pickers=(),
                views=(
                    *ALL,
                    ("to_confirm", _("To plan")),
                    ("to_ship", _("To ship")),
                    ("between", _("Work between departments")),
                    ("today", _("Today")),
                    ("on_hold", _("On hold")),
                ),
                fulfilment="transit",
                invoicing="",
                payment="",
            ),
        )
    }
)


def face_of(order: Order) -> Face:
    """Return the face of an order's kind."""
    return FACES[order.kind]


def require_kind(by: Actor, permission: str, kind: str) -> Face:
    """Return the face of a kind that the actor may work with. Raises: NotPermitted."""
    if not may_with_kind(by, permission, kind):
        raise NotPermitted(permission=permission)
    return FACES[kind]


def may_read(by: Actor, kind: str) -> bool:
    """Tell whether the actor sees orders of a kind, in whatever scope."""
    return may_with_kind(by, "order.read", kind)


def state_label(order: Order) -> str:
    """Return the words for where an order stands in its own workflow."""
    return label_of(definition_of(order.workflow_id).state(order.state))


def words_of_goods(order: Order) -> tuple[Word, Word]:
    """Return the names of an order's track of goods and of what moved of a line; nothing moves of work."""
    face, direction = face_of(order), direction_of(order)
    if order.target_department_id is not None:
        return face.fulfilment_label, ""
    if direction.is_return and direction.goes_out:
        return _("Goods"), pgettext_lazy("goods", "Sent back")
    return face.fulfilment_label, face.moved


def axis_of_goods(order: Order) -> str:
    """Return the badge axis of an order's goods; what goes back to a supplier is shipped."""
    direction = direction_of(order)
    return "fulfilment" if direction.is_return and direction.goes_out else face_of(order).fulfilment
