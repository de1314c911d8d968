"""Keys and signatures that gateways use, and how they are asked over HTTP."""

import base64
import binascii
import hmac
from datetime import datetime
from typing import Any

import httpx
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509 import load_pem_x509_certificate

from shundan.fulfilment.registries import CarrierAway
from shundan.integrations.carriers.http import call
from shundan.settlement.registries import BadNotice, GatewayAway, GatewayRefused

# How old a signed message may be, and how far its clock ahead of ours.
FRESH = 300


def sign_rsa(key: str, message: str) -> str:
    """Return the Base64 of an RSA signature over SHA-256 (PKCS #1 v1.5). Raises: GatewayRefused for a bad key."""
    return base64.b64encode(_private(key).sign(message.encode(), PKCS1v15(), hashes.SHA256())).decode()


def is_signed(key: str, message: bytes, signature: str) -> bool:
    """Tell whether a message was signed with the private part of this public key or certificate."""
    try:
        _public(key).verify(base64.b64decode(signature, validate=True), message, PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def require_fresh(stamp: str, at: datetime) -> None:
    """Refuse what was signed too long ago, or in the future: a message that somebody kept. Raises: BadNotice."""
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12 or abs(at.timestamp() - int(stamp)) > FRESH:
        raise BadNotice("the message is too old")


def same(one: str, other: str) -> bool:
    """Tell whether two texts are the same, in a time that says nothing about where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def ask_gateway(method: str, url: str, **given: Any) -> httpx.Response:
    """Send a request and return its answer below 500 (Any: what httpx takes). Raises: GatewayAway."""
    try:
        return call(method, url, **given)
    except CarrierAway as error:
        raise GatewayAway(str(error)) from error


def _private(key: str) -> RSAPrivateKey:
    try:
        if "-----BEGIN" in key:
            found: object = load_pem_private_key(key.encode(), None)
        else:
            found = load_der_private_key(base64.b64decode("".join(key.split())), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise GatewayRefused("the private key cannot be read") from error
    if not isinstance(found, RSAPrivateKey):
        raise GatewayRefused("the private key is no RSA key")
    return found


def _public(key: str) -> RSAPublicKey:
    found: object
    if "BEGIN CERTIFICATE" in key:
        found = load_pem_x509_certificate(key.encode()).public_key()
    elif "-----BEGIN" in key:
        found = load_pem_public_key(key.encode())
    else:
        found = load_der_public_key(base64.b64decode("".join(key.split())))
    if not isinstance(found, RSAPublicKey):
        raise ValueError("no RSA key")
    return found
