"""Public services that tell rates of exchange."""
