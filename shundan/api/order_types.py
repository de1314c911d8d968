"""Order types: which there are, what each asks of orders, and keeping them."""

from dataclasses import fields
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, AttributeValue, Code, Flag, Given, Named, Row, Text, Version, Words
from shundan.api.routes import Routes
from shundan.kernel.actor import Actor
from shundan.orders.actions import create_order_type, publish_order_type, retire_order_type, revive_order_type
from shundan.orders.queries import (
    TypeDefinition,
    current_version_of,
    current_versions,
    default_definition,
    definition_of_content,
    get_order_type,
    order_types,
    type_content,
)
from shundan.ui.doors import SIGNED_IN

routes = Routes("order types")

Codes = Annotated[list[Code], Field(max_length=1000)]
DataType = Literal[
    "text", "long_text", "integer", "decimal", "money", "date", "datetime", "choice", "multi_choice", "yes_no",
    "reference", "file", "link", "computed",
]  # fmt: skip
State = Literal["draft", "submitted", "approved", "confirmed", "in_progress", "completed"]
Reference = Literal["", "customer", "supplier", "product", "order", "user", "warehouse"]


class OptionGiven(Given):
    """One of the values that a choice offers."""

    code: Code
    name_zh: Words
    name_en: Words


class AttributeGiven(Given):
    """A field that the type adds to its orders' header or lines.

    `shown_when` is a condition and `formula` what a computed one is worked out from; both may name facts such as
    `total`, `customer_class`, `line.quantity`, earlier attributes as `attribute.code`, and sums of lines as `sum.code`.
    """

    code: Code
    name_zh: Words
    name_en: Words
    data_type: DataType
    place: Literal["header", "line"] = "header"
    is_required: Flag = False
    is_unique: Flag = False
    is_searchable: Flag = False
    default: AttributeValue = None
    shown_when: Text = ""
    editable_in: Annotated[list[State], Field(max_length=6)] = ["draft"]
    options: Annotated[list[OptionGiven], Field(max_length=200)] = []
    reference: Reference = ""
    formula: Text = ""
    decimals: Annotated[int, Field(ge=0, le=6)] = 2


class CustomersGiven(Given):
    """Who may buy: any of these; nothing means everybody."""

    numbers: Codes = []
    tags: Codes = []
    classes: Codes = []


class ProductsGiven(Given):
    """What may be ordered: any of these; nothing means everything."""

    skus: Codes = []
    categories: Codes = []


class DefinitionGiven(Given):
    """What a version of a type says; what is left out takes the kind's default."""

    name_zh: Words
    name_en: Words
    number: Words
    workflow: Code | None = None
    invoices_on: Literal["order", "shipment", "delivery", "performance", "never"] | None = None
    invoices_itself: bool = False
    asks_customer: bool = False
    colour: Code = "grey"
    icon: Code = "clipboard-list"
    print_layout: Code = "standard"
    approval_table: Code = "order"
    attributes: Annotated[list[AttributeGiven], Field(max_length=60)] = []
    line_columns: Codes | None = None
    customers: CustomersGiven = CustomersGiven()
    products: ProductsGiven = ProductsGiven()

    def as_definition(self, kind: str) -> TypeDefinition:
        """Return the version as the domain takes it."""
        own = set(DefinitionGiven.model_fields)
        content = {name: value for name, value in self.model_dump().items() if name in own and value is not None}
        return definition_of_content(type_content(default_definition(kind)) | content)


class TypeToCreate(DefinitionGiven):
    """A new type: its code and kind stay for good."""

    code: Code
    kind: Literal["sale", "purchase", "return", "service", "transfer"]
    party: Literal["", "customer", "supplier", "none"] = ""


class TypeToPublish(DefinitionGiven):
    """The next version of a type, and the one that was read."""

    version: Version


class OrderType(Named):
    """A type of order: its kind, with whom, the pattern of its numbers, and when it is invoiced."""

    kind: str
    party: str
    number: str
    invoices_on: str
    workflow: str
    colour: str
    icon: str
    version: int
    is_active: bool


class OrderTypeList(Answer):
    """Order types."""

    items: list[OrderType]


class OptionAnswer(Answer):
    """One of the values that a choice offers."""

    code: str
    name_zh: str
    name_en: str


class AttributeAnswer(Answer):
    """A field that the type adds to its orders' header or lines."""

    code: str
    name_zh: str
    name_en: str
    data_type: str
    place: str
    is_required: bool
    is_unique: bool
    is_searchable: bool
    default: AttributeValue
    shown_when: str
    editable_in: list[str]
    options: list[OptionAnswer]
    reference: str
    formula: str
    decimals: int


class AllowedCustomers(Answer):
    """Who may buy: any of these; nothing means everybody."""

    numbers: list[str]
    tags: list[str]
    classes: list[str]


class AllowedProducts(Answer):
    """What may be ordered: any of these; nothing means everything."""

    skus: list[str]
    categories: list[str]


class OrderTypeDetail(OrderType):
    """A type with all that its version in force says."""

    invoices_itself: bool
    asks_customer: bool
    print_layout: str
    approval_table: str
    attributes: list[AttributeAnswer]
    line_columns: list[str]
    customers: AllowedCustomers
    products: AllowedProducts


@routes.get("/order-types", permission=SIGNED_IN, answer=OrderTypeList)
def index(request: HttpRequest) -> OrderTypeList:
    """List the active order types that you deal with."""
    found = order_types(by=actor(request))
    versions = current_versions(found)
    return OrderTypeList(items=[OrderType(**_row(one, versions[one.pk])) for one in found])


@routes.get("/order-types/{code}", permission=SIGNED_IN, answer=OrderTypeDetail)
def show(request: HttpRequest, code: Code) -> OrderTypeDetail:
    """Show an order type with the attributes that it asks of orders and their lines."""
    return _detail(code, by=actor(request))


@routes.post("/order-types", permission="order_type.manage", answer=OrderTypeDetail)
def create(request: HttpRequest, given: TypeToCreate) -> OrderTypeDetail:
    """Add an order type of a kind. What is wrong is told with its place, and nothing is kept."""
    by = actor(request)
    definition = given.as_definition(given.kind)
    create_order_type(given.code, kind=given.kind, party=given.party, definition=definition, by=by)
    return _detail(given.code, by=by)


@routes.put("/order-types/{code}", permission="order_type.manage", answer=OrderTypeDetail)
def publish(request: HttpRequest, code: Code, given: TypeToPublish) -> OrderTypeDetail:
    """Publish the next version of a type; orders on their way keep the version they began with."""
    by = actor(request)
    kind = get_order_type(code, by=by).kind
    publish_order_type(code, given.as_definition(kind), version=given.version, by=by)
    return _detail(code, by=by)


@routes.post("/order-types/{code}/retire", permission="order_type.manage", answer=OrderTypeDetail, status=200)
def retire(request: HttpRequest, code: Code) -> OrderTypeDetail:
    """Let no new orders begin with a type; the ones there are go on."""
    by = actor(request)
    retire_order_type(code, by=by)
    return _detail(code, by=by)


@routes.post("/order-types/{code}/revive", permission="order_type.manage", answer=OrderTypeDetail, status=200)
def revive(request: HttpRequest, code: Code) -> OrderTypeDetail:
    """Let new orders begin with a retired type again."""
    by = actor(request)
    revive_order_type(code, by=by)
    return _detail(code, by=by)


def _row(one: Row, definition: TypeDefinition) -> dict[str, Any]:
    of_row = ("code", "kind", "party", "name_zh", "name_en", "workflow", "colour", "icon", "version", "is_active")
    return {name: getattr(one, name) for name in of_row} | {
        "number": definition.number,
        "invoices_on": definition.invoices_on,
    }


def _detail(code: str, *, by: Actor) -> OrderTypeDetail:
    one = get_order_type(code, by=by)
    definition = current_version_of(one)
    return OrderTypeDetail(
        **_row(one, definition),
        invoices_itself=definition.invoices_itself,
        asks_customer=definition.asks_customer,
        print_layout=definition.print_layout,
        approval_table=definition.approval_table,
        attributes=[AttributeAnswer(**_attribute(each)) for each in definition.attributes],
        line_columns=list(definition.line_columns),
        customers=AllowedCustomers(**_lists(definition.customers)),
        products=AllowedProducts(**_lists(definition.products)),
    )


def _attribute(one: Any) -> dict[str, Any]:
    values = {each.name: getattr(one, each.name) for each in fields(one)}
    options = [OptionAnswer(code=each.code, name_zh=each.name_zh, name_en=each.name_en) for each in one.options]
    return values | {"options": options, "editable_in": list(one.editable_in)}


def _lists(allowed: Any) -> dict[str, list[str]]:
    return {each.name: list(getattr(allowed, each.name)) for each in fields(allowed)}
