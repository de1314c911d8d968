"""The attributes that shipped order types begin with: ordinary ones, which an administrator changes like any other."""

from collections.abc import Mapping

from shundan.orders.queries import Attribute, ChoiceOption

RUNNING = ("draft", "submitted", "approved", "confirmed", "in_progress")

REASON = Attribute(
    code="return_reason",
    name_zh="退货原因",
    name_en="Reason of the return",
    data_type="choice",
    editable_in=RUNNING,
    options=(
        ChoiceOption("quality", "质量问题", "Quality"),
        ChoiceOption("wrong_item", "发错", "Wrong item"),
        ChoiceOption("damaged", "运输损坏", "Damaged in transit"),
        ChoiceOption("not_wanted", "不需要", "No longer wanted"),
        ChoiceOption("other", "其他", "Other"),
    ),
)
WISH = Attribute(
    code="return_wish",
    name_zh="客户诉求",
    name_en="Wish of the customer",
    data_type="choice",
    editable_in=RUNNING,
    options=(
        ChoiceOption("refund", "退款", "Refund"),
        ChoiceOption("exchange", "换货", "Exchange"),
        ChoiceOption("repair", "维修", "Repair"),
        ChoiceOption("credit", "抵扣货款", "Credit"),
    ),
)
SERVICE = (
    Attribute(
        code="service_kind",
        name_zh="服务类别",
        name_en="Kind of service",
        data_type="choice",
        options=(
            ChoiceOption("repair", "维修", "Repair"),
            ChoiceOption("maintenance", "保养", "Maintenance"),
            ChoiceOption("installation", "安装调试", "Installation"),
            ChoiceOption("training", "培训", "Training"),
            ChoiceOption("other", "其他", "Other"),
        ),
        editable_in=RUNNING,
    ),
    Attribute(
        code="appointment_at",
        name_zh="预约时间",
        name_en="Appointment",
        data_type="datetime",
        is_searchable=True,
        editable_in=RUNNING,
    ),
    Attribute(code="device", name_zh="设备", name_en="Device", data_type="text", editable_in=RUNNING),
    Attribute(
        code="device_serial",
        name_zh="序列号",
        name_en="Serial number",
        data_type="text",
        is_searchable=True,
        editable_in=RUNNING,
    ),
    Attribute(
        code="service_place", name_zh="服务地点", name_en="Place of the service", data_type="text", editable_in=RUNNING
    ),
)

SHIPPED_ATTRIBUTES: Mapping[str, tuple[Attribute, ...]] = {
    "sales_return": (REASON, WISH),
    "purchase_return": (REASON,),
    "service": SERVICE,
}
