"""What the columns of a sheet of orders mean: by their names in Chinese and English, attributes by code or name."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.translation import get_language

from shundan.orders.queries import TypeDefinition

# Field: its names, the Chinese and the English one that templates use first.
HEADER: Mapping[str, tuple[str, ...]] = {
    "source_number": (
        "来源单号",
        "Source number",
        "外部单号",
        "平台单号",
        "订单号",
        "单号",
        "订单编号",
        "Order",
        "Order number",
    ),
    "customer": ("客户", "Customer", "客户编号", "客户名称", "Customer number", "Customer name"),
    "supplier": ("供应商", "Supplier", "供应商编号", "供应商名称", "Supplier number", "Supplier name"),
    "origin": ("原订单", "Origin order", "原订单号", "Origin"),
    "customer_reference": ("客户采购单号", "Customer PO", "客户订单号", "PO"),
    "ordered_on": ("下单日期", "Ordered on", "订单日期", "Order date"),
    "requested_on": ("要求日期", "Requested on", "交货日期", "要求交期"),
    "warehouse": ("仓库", "Warehouse", "发货仓库", "From warehouse"),
    "target_warehouse": ("调入仓库", "To warehouse"),
    "source_department": ("执行部门", "Performing department"),
    "target_department": ("接收部门", "Receiving department"),
    "currency": ("币种", "Currency"),
    "payment_term": ("付款条件", "Payment terms", "账期", "Payment term"),
    "payment_method": ("付款方式", "Payment method"),
    "contact": ("收货人", "Contact", "联系人"),
    "phone": ("电话", "Phone", "手机", "联系电话"),
    "province": ("省", "Province", "省份"),
    "city": ("市", "City", "城市"),
    "district": ("区", "District", "区县"),
    "street": ("详细地址", "Street", "地址", "Address"),
    "postal_code": ("邮编", "Postal code"),
    "remark": ("备注", "Note", "Remark"),
}
LINE: Mapping[str, tuple[str, ...]] = {
    "sku": ("货号", "SKU", "商品编码", "商品", "Product", "Item"),
    "quantity": ("数量", "Quantity", "Qty"),
    "unit": ("单位", "Unit", "UoM", "计量单位"),
    "unit_price": ("单价", "Unit price", "Price"),
    "discount": ("折扣额", "Discount", "折扣"),
    "source_position": ("原行号", "Origin line"),
    "lot": ("指定批次", "Named lot"),
    "line_requested_on": ("行要求日期", "Line requested on"),
    "line_remark": ("行备注", "Line note"),
}
_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "sale": ("customer", "customer_reference", "contact", "phone", "province", "city", "district", "street"),
    "service": ("customer", "customer_reference", "contact", "phone", "province", "city", "district", "street"),
    "purchase": ("supplier",),
    "return": ("origin",),
    "transfer": ("target_warehouse",),
}
_EVERYWHERE = ("source_number", "ordered_on", "requested_on", "warehouse", "remark")
ATTRIBUTE = "attribute."
# Shorter names (市, 省, PO) stand in too many words.
LEAST_NAME = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is understood: the field it fills, in the header or the lines, and its heading in the file."""

    field: str
    is_line: bool
    heading: str


def find_columns(
    head: Sequence[str], definition: TypeDefinition, chosen: Mapping[str, str] = MappingProxyType({})
) -> tuple[dict[int, Column], list[str]]:
    """Return the columns that are understood by their place, and the headings that are not; the first of two counts.

    `chosen` says by `key_of_heading` what a person wants a heading to mean: a field, or "" for nothing.
    """
    known = _known(definition)
    return match_columns(head, known, fields_of(definition), chosen, is_line=lambda one: _is_line(one, definition))


def match_columns(
    head: Sequence[str],
    known: Mapping[str, str],
    fields: Collection[str],
    chosen: Mapping[str, str],
    *,
    is_line: Callable[[str], bool],
) -> tuple[dict[int, Column], list[str]]:
    """Return what `find_columns` does, of any fields; `known` says by key which field a name means."""
    known = {**known, **{key: field for key, field in chosen.items() if not field or field in fields}}
    columns: dict[int, Column] = {}
    strange = []
    for at, heading in enumerate(head):
        field = known.get(key_of_heading(heading))
        if field and field not in [one.field for one in columns.values()]:
            columns[at] = Column(field, is_line(field), heading)
        elif heading and field != "":
            strange.append(heading)
    return columns, strange


def fields_of(definition: TypeDefinition) -> dict[str, tuple[str, str]]:
    """Return every field that a column may fill, with its Chinese and English name: the header's first."""
    found = {field: (names[0], names[1]) for field, names in HEADER.items()}
    found |= _attributes_of(definition, "header")
    found |= {field: (names[0], names[1]) for field, names in LINE.items()}
    return found | _attributes_of(definition, "line")


def proposed_fields(headings: Sequence[str], definition: TypeDefinition, *, taken: Collection[str]) -> dict[str, str]:
    """Return by heading a field whose name stands in it (“购买数量”, “Qty ordered”): the longest name, each once."""
    return propose_fields(headings, _known(definition), taken=taken)


def propose_fields(headings: Sequence[str], names: Mapping[str, str], *, taken: Collection[str]) -> dict[str, str]:
    """Return what `proposed_fields` does, of any names."""
    known = sorted(names.items(), key=lambda one: -len(one[0]))
    found: dict[str, str] = {}
    for heading in headings:
        key = key_of_heading(heading)
        left = (field for name, field in known if len(name) >= LEAST_NAME and _names(name, key))
        field = next((one for one in left if one not in taken and one not in found.values()), "")
        if field:
            found[heading] = field
    return found


def _names(name: str, key: str) -> bool:
    """Tell whether a name stands in a heading: as a word of its own, unless words are not parted by spaces."""
    return f" {name} " in f" {key} " if name.isascii() else name in key


def key_of_heading(heading: str) -> str:
    """Return a heading as it is compared: case, spaces, underscores and stars do not matter."""
    return " ".join(heading.replace("*", " ").replace("_", " ").lower().split())


def _attributes_of(definition: TypeDefinition, place: str) -> dict[str, tuple[str, str]]:
    known = [one for one in definition.of_place(place) if _is_typed(one.data_type)]
    return {f"{ATTRIBUTE}{one.code}": (one.name_zh, one.name_en or one.name_zh) for one in known}


def template_head(kind: str, definition: TypeDefinition) -> list[str]:
    """Return the headings of an empty sheet for a type, in the active language."""
    fields = ["source_number", *_OF_KIND[kind], *(one for one in _EVERYWHERE if one != "source_number")]
    at = 1 if (get_language() or "").startswith("en") else 0
    head = [HEADER[one][at] for one in fields]
    head += [_name(one.name_zh, one.name_en, at) for one in definition.of_place("header") if _is_typed(one.data_type)]
    lines = ["sku", "quantity", "unit", *(() if kind == "transfer" else ("unit_price", "discount"))]
    lines += ["source_position"] if kind == "return" else []
    head += [LINE[one][at] for one in (*lines, "line_remark")]
    return head + [_name(o.name_zh, o.name_en, at) for o in definition.of_place("line") if _is_typed(o.data_type)]


def _known(definition: TypeDefinition) -> dict[str, str]:
    known: dict[str, str] = {}
    for one in definition.attributes:
        for name in (f"{ATTRIBUTE}{one.code}", one.code, one.name_zh, one.name_en):
            known.setdefault(key_of_heading(name), f"{ATTRIBUTE}{one.code}")
    # What every order has goes before an attribute of the same name; that one is reached by its code.
    for field, names in (*HEADER.items(), *LINE.items()):
        known |= {key_of_heading(name): field for name in (field, *names)}
    return known | {key_of_heading(f"{ATTRIBUTE}{one.code}"): f"{ATTRIBUTE}{one.code}" for one in definition.attributes}


def _is_line(field: str, definition: TypeDefinition) -> bool:
    attribute = definition.attribute(field.removeprefix(ATTRIBUTE)) if field.startswith(ATTRIBUTE) else None
    return attribute.place == "line" if attribute else field in LINE


def _is_typed(data_type: str) -> bool:
    return data_type not in ("computed", "file")


def _name(name_zh: str, name_en: str, at: int) -> str:
    return (name_zh, name_en)[at] or name_zh
