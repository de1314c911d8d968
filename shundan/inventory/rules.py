"""Why stock moves, in words that the ledger keeps."""

RECEIPT_REASONS = ("purchase", "production", "opening", "found")
ADJUSTMENT_REASONS = ("count", "damaged", "expired", "lost", "found", "sample", "correction")
LARGEST_MOVE = 10**12
