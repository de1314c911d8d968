"""What a shipment may be."""

STATES = ("picking", "shipped", "delivered", "cancelled")
GONE = ("shipped", "delivered")
