"""Why a promised day slips."""

CAUSES = (
    "arrival_late",
    "arrival_dropped",
    "arrival_reduced",
    "handed_over",
    "given_back",
    "taken",
    "stock_lost",
    "unknown",
)
