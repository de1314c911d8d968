"""Order types of the demo company's own: samples with attributes, urgent orders, and goods on consignment."""

from shundan.kernel.actor import Actor
from shundan.orders.actions import create_order_type
from shundan.orders.queries import Attribute, ChoiceOption, TypeDefinition

PURPOSES = (
    ChoiceOption("trial", "试用", "Trial"),
    ChoiceOption("exhibition", "展会", "Exhibition"),
    ChoiceOption("certification", "认证送检", "Certification"),
)
GRADES = (ChoiceOption("day", "24 小时", "24 hours"), ChoiceOption("half", "12 小时", "12 hours"))


def _attribute(code: str, name_zh: str, name_en: str, data_type: str, **more: object) -> Attribute:
    return Attribute(code=code, name_zh=name_zh, name_en=name_en, data_type=data_type, **more)  # type: ignore[arg-type]


SAMPLE = TypeDefinition(
    name_zh="样品订单",
    name_en="Sample order",
    number="YP-{yyyy}{mm}-{seq:4}",
    workflow="sale",
    invoices_on="never",
    colour="violet",
    icon="gift",
    print_layout="without_prices",
    attributes=(
        _attribute("sample_purpose", "样品用途", "Purpose", "choice", options=PURPOSES, is_required=True),
        _attribute(
            "exhibition", "展会名称", "Exhibition", "text", shown_when='attribute.sample_purpose == "exhibition"'
        ),
        _attribute("give_back", "需归还", "To be given back", "yes_no", default=False),
        _attribute(
            "give_back_on", "归还日期", "Give back on", "date", shown_when="attribute.give_back", is_required=True
        ),
        _attribute(
            "feedback",
            "试用反馈",
            "Feedback",
            "long_text",
            editable_in=("draft", "confirmed", "in_progress", "completed"),
        ),
        _attribute("batch", "批次", "Batch", "text", place="line", is_searchable=True),
    ),
    line_columns=("unit", "quantity", "price", "gross", "available", "batch"),
)
# Orders of these types in the demo company: the type, and what its header says.
EXAMPLES: tuple[tuple[str, dict[str, object]], ...] = (
    ("sample", {"sample_purpose": "exhibition", "exhibition": "中国国际工业博览会", "give_back": False}),
    ("sample", {"sample_purpose": "trial", "give_back": True, "give_back_on": "2030-01-31"}),
    ("sample", {"sample_purpose": "certification"}),
    ("urgent", {"urgency": "half"}),
    ("urgent", {}),
    ("consignment", {"agreement": "JSXY-001", "settle_on": "2030-01-31"}),
)
URGENT = TypeDefinition(
    name_zh="加急订单",
    name_en="Urgent order",
    number="JJ-{yyyy}-{seq:5}",
    workflow="sale",
    invoices_on="shipment",
    colour="red",
    icon="bolt",
    attributes=(
        _attribute("urgency", "加急等级", "Urgency", "choice", options=GRADES, is_required=True, default="day"),
        _attribute("urgent_fee", "加急费（参考）", "Express fee, for reference", "computed", formula="total * 0.05"),
    ),
)
CONSIGNMENT = TypeDefinition(
    name_zh="寄售订单",
    name_en="Consignment",
    number="JS-{yyyy}-{seq:5}",
    workflow="sale",
    invoices_on="shipment",
    colour="teal",
    icon="building-store",
    attributes=(
        _attribute(
            "agreement", "寄售协议号", "Agreement", "text", is_unique=True, is_searchable=True, is_required=True
        ),
        _attribute("settle_on", "结算日", "Settled on", "date"),
    ),
)


def add_types(*, by: Actor) -> None:
    """Add the company's own order types."""
    for code, definition in (("sample", SAMPLE), ("urgent", URGENT), ("consignment", CONSIGNMENT)):
        create_order_type(code, kind="sale", definition=definition, by=by)
