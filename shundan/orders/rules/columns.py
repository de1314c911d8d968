"""The columns that lists of orders can show beside the number, which stands in front of all."""

# What an order says of itself; attributes of its header come as `attribute.code`.
LIST_COLUMNS = (
    "party",
    "customer_reference",
    "type",
    "amount",
    "net",
    "tax",
    "paid",
    "currency",
    "ordered_on",
    "requested_on",
    "due_on",
    "status",
    "fulfilment",
    "invoicing",
    "payment",
    "warehouse",
    "owner",
)
STANDARD_COLUMNS = ("party", "amount", "ordered_on", "status", "fulfilment", "invoicing", "payment", "owner")
ATTRIBUTE_COLUMN = "attribute."
MOST_COLUMNS = 30
LONGEST_VIEW = 60
