"""Payment gateways, each by its documented interface."""
