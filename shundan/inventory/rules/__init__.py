"""Why stock moves, in words that the ledger keeps, and where and in which state it may lie."""

from decimal import Decimal

RECEIPT_REASONS = ("purchase", "production", "opening", "found")
# Goods that lie with us and stay a supplier's until we take them over (docs/adr/0092).
CONSIGNED = "consigned"
# What the ledger calls a change of whose goods they are, and giving them back to whose they are.
TAKEN_OVER, HANDED_BACK = "taken_over", "handed_back"
ADJUSTMENT_REASONS = ("count", "damaged", "expired", "lost", "found", "sample", "correction")
# What a scanner corrects: goods that are no good any more, that are not there, that are there and in no book.
CORRECTIONS = ("scrap", "missing", "found")
# What the ledger says where units were blocked because their lot has expired.
EXPIRED = "expired"
LARGEST_MOVE = 10**12

LOCATION_KINDS = ("shelf", "receiving", "quarantine", "packing", "scrap", "transit")
# What lies in such a place is in that state, whatever it was before.
STATUS_OF_KIND = {"quarantine": "quarantine", "scrap": "scrap"}
# What people choose from; only a transfer puts goods in transit.
STATUSES = ("usable", "quarantine", "blocked", "scrap")
IN_TRANSIT = "transit"
# Where pickers take goods from.
PICKED_FROM = ("shelf", "receiving", "packing")
DEFAULT_LOCATION = "STOCK"
TRANSIT_LOCATION = "TRANSIT"
LONGEST_CODE = 60

# Counting, then again where it differs; above the limit another person approves before the differences are posted.
COUNT_STATES = ("counting", "recounting", "approving", "posted", "cancelled")
OPEN_COUNTS = ("counting", "recounting")
# In company currency; differences of goods without a known cost always need approval.
COUNT_LIMIT = 1000
MOST_COUNT_LINES = 2000
# Products by the worth of what leaves of them in a year, and how often they are counted unless a plan says otherwise.
CLASSES = ("A", "B", "C")
USUAL_PLAN = {"share_a": Decimal(80), "share_b": Decimal(15), "days_a": 30, "days_b": 90, "days_c": 365}
# So many positions of what is due make one count.
MOST_DUE = 100
# Who runs a warehouse: we, or somebody we pay for it.
OPERATORS = ("own", "third_party")
