"""Sheets of customers and suppliers: what their columns mean, and rows made a party as it is given."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from shundan.exchange.sheets.records import Fields, Reader, choice_of, words_of
from shundan.kernel.money import plain
from shundan.parties.actions import AddressInput, ContactInput, CustomerInput, SupplierInput
from shundan.parties.queries import Customer, Supplier

_SHARED: Mapping[str, tuple[str, ...]] = {
    "country": ("国家", "Country", "国家代码"),
    "currency": ("币种", "Currency"),
    "payment_term": ("付款条件", "Payment terms", "账期", "Payment term"),
    "tax_number": ("税号", "Tax number", "纳税人识别号", "统一社会信用代码"),
    "bank_name": ("开户行", "Bank", "开户银行"),
    "bank_account": ("银行账号", "Bank account", "账号"),
}
CUSTOMER_FIELDS = Fields(
    names={
        "number": ("客户编号", "Customer number", "编号", "Number"),
        "name": ("客户名称", "Customer name", "名称", "客户", "Name", "Customer", "公司名称", "Company"),
        "short_name": ("简称", "Short name"),
        "kind": ("客户种类", "Kind", "类型"),
        **_SHARED,
        "tax_title": ("发票抬头", "Invoice title", "开票名称"),
        "includes_tax": ("价格含税", "Prices include tax", "含税"),
        "credit_limit": ("信用额度", "Credit limit"),
        "region": ("地区", "Region", "区域"),
        "tags": ("标签", "Tags"),
        "preferences": ("偏好", "Preferences"),
        "remark": ("备注", "Note", "Remark"),
        "contact": ("联系人", "Contact", "联系人姓名"),
        "title": ("职务", "Position", "职位"),
        "phone": ("电话", "Phone", "手机", "联系电话"),
        "email": ("邮箱", "E-mail", "电子邮件", "Email", "Mail"),
        "province": ("省", "Province", "省份"),
        "city": ("市", "City", "城市"),
        "district": ("区", "District", "区县"),
        "street": ("详细地址", "Street", "地址", "Address"),
        "postal_code": ("邮编", "Postal code"),
    },
    parts=frozenset("contact title phone email province city district street postal_code".split()),
    keys=("number", "name"),
    needed=frozenset(["name"]),
)
SUPPLIER_FIELDS = Fields(
    names={
        "number": ("供应商编号", "Supplier number", "编号", "Number"),
        "name": ("供应商名称", "Supplier name", "名称", "供应商", "Name", "Supplier", "公司名称", "Company"),
        "contact_name": ("联系人", "Contact", "联系人姓名"),
        "phone": ("电话", "Phone", "手机", "联系电话"),
        "email": ("邮箱", "E-mail", "电子邮件", "Email", "Mail"),
        "address": ("地址", "Address", "详细地址"),
        **_SHARED,
    },
    parts=frozenset(),
    keys=("number", "name"),
    needed=frozenset(["name"]),
)
KINDS = {"company": ("company", "公司", "企业", "单位"), "person": ("person", "个人", "自然人")}
_CUSTOMER_TEXTS = (
    "name short_name tax_title tax_number bank_name bank_account region preferences remark payment_term".split()
)
_PLACE = "province city district street postal_code".split()


def read_customer(reader: Reader, kept: CustomerInput | None, words: object) -> CustomerInput:
    """Return a customer as its rows give it; what they leave empty stays as `kept` has it."""
    head, base = reader.record.head, kept or CustomerInput(name="")
    country = reader.text("country", base.country).upper()
    tags = [tag.strip() for tag in head.get("tags", "").replace("，", ",").split(",") if tag.strip()]
    texts: dict[str, Any] = {name: reader.text(name, getattr(base, name)) for name in _CUSTOMER_TEXTS}
    return replace(
        base,
        **texts,
        kind=reader.read("kind", base.kind, choice_of(KINDS), words_of(KINDS)),
        country=country,
        currency=reader.text("currency", base.currency).upper(),
        includes_tax=reader.flag("includes_tax", base.includes_tax),
        credit_limit=reader.number(reader.record.row, head, "credit_limit", base.credit_limit),
        tags=tuple(dict.fromkeys(tags)) or base.tags,
        contacts=_contacts(reader, base),
        addresses=_addresses(reader, base, country),
    )


def read_supplier(reader: Reader, kept: SupplierInput | None, words: object) -> SupplierInput:
    """Return a supplier as its row gives it; what it leaves empty stays as `kept` has it."""
    base = kept or SupplierInput(name="")
    found = {one.name: reader.text(one.name, getattr(base, one.name)) for one in fields(SupplierInput)}
    return SupplierInput(**found | {name: found[name].upper() for name in ("country", "currency")})


def input_of_customer(customer: Customer) -> CustomerInput:
    """Return a customer as it would be given to stay as it is."""
    own = {one.name for one in fields(CustomerInput)} - {"payment_term", "tags", "contacts", "addresses"}
    return CustomerInput(
        **{name: getattr(customer, name) for name in own},
        payment_term=customer.payment_term.code,
        tags=tuple(customer.tags),
        contacts=tuple(_same(ContactInput, one) for one in customer.contacts.order_by("-is_main", "id")),
        addresses=tuple(_same(AddressInput, one) for one in customer.addresses.order_by("-is_main", "id")),
    )


def input_of_supplier(supplier: Supplier) -> SupplierInput:
    """Return a supplier as it would be given to stay as it is."""
    own = {one.name: getattr(supplier, one.name) for one in fields(SupplierInput)}
    return SupplierInput(**own | {"payment_term": supplier.payment_term.code if supplier.payment_term else ""})


def customer_as_json(given: CustomerInput) -> dict[str, Any]:
    """Return a customer as it is kept for the day an import is taken back."""
    limit = given.credit_limit
    return asdict(given) | {"credit_limit": None if limit is None else plain(limit)}


def customer_of_json(kept: Mapping[str, Any]) -> CustomerInput:
    """Return a customer as it was kept."""
    limit = kept["credit_limit"]
    lists = {
        "tags": tuple(kept["tags"]),
        "contacts": tuple(ContactInput(**one) for one in kept["contacts"]),
        "addresses": tuple(AddressInput(**one) for one in kept["addresses"]),
    }
    return CustomerInput(**dict(kept) | lists | {"credit_limit": None if limit is None else Decimal(limit)})


def _contacts(reader: Reader, base: CustomerInput) -> tuple[ContactInput, ...]:
    """Return the contacts: those of the file by name, new ones after those that are there."""
    found = {one.name: one for one in base.contacts}
    for row, part in reader.record.parts:
        told = {"name": "contact", "title": "title", "phone": "phone", "email": "email"}
        if not {"contact", "title", "phone", "email"} & part.keys():
            continue
        if "contact" not in part:
            reader.note(row, "contact", _("Enter the contact's name."))
        one = found.get(part.get("contact", "")) or ContactInput(name="", is_main=not found)
        texts: dict[str, Any] = {name: part[field] for name, field in told.items() if field in part}
        one = replace(one, **texts)
        found[one.name] = one
        reader.place(f"contacts[{list(found).index(one.name)}]", row, told)
    return tuple(found.values())


def _addresses(reader: Reader, base: CustomerInput, country: str) -> tuple[AddressInput, ...]:
    """Return the addresses: those of the file by street, new ones after those that are there."""
    found = {one.street: one for one in base.addresses}
    for row, part in reader.record.parts:
        if not set(_PLACE) & part.keys():
            continue
        street = part.get("street", "")
        one = found.get(street) or AddressInput(country=country, is_main=not found)
        told: dict[str, Any] = {name: part[name] for name in _PLACE if name in part}
        who = {"contact_name": part.get("contact", one.contact_name), "phone": part.get("phone", one.phone)}
        found[street] = replace(one, **told | who)
        reader.place(f"addresses[{list(found).index(street)}]", row, {name: name for name in _PLACE})
    return tuple(found.values())


def _same(kind: Any, row: Any) -> Any:
    return kind(**{one.name: getattr(row, one.name) for one in fields(kind)})
