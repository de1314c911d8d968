"""The demo company: fourteen months of believable business for an empty installation, the same for the same seed."""

from shundan.exchange.demo.company import AlreadyFilled, load_demo
from shundan.exchange.demo.people import SIGN_INS

__all__ = ["SIGN_INS", "AlreadyFilled", "load_demo"]
