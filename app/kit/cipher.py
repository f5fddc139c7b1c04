"""Secrets that we must be able to read back: encrypted under a key that is made of SECRET_KEY."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


class Unreadable(Exception):
    """What was encrypted was changed since, is too old, or was encrypted under another SECRET_KEY."""


def lock(purpose: str, text: str) -> str:
    """The text, encrypted and signed; only `unlock` with the same purpose reads it."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def unlock(purpose: str, locked: str, lifetime: int | None = None) -> str:
    """What was locked, if that was no more than `lifetime` seconds ago. Raises Unreadable."""
    try:
        return _fernet(purpose).decrypt(locked.encode(), ttl=lifetime).decode()
    except (InvalidToken, ValueError) as error:
        raise Unreadable from error


def _fernet(purpose: str) -> Fernet:
    key = HKDF(SHA256(), length=32, salt=None, info=f"stem:{purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(key.derive(str(current_app.secret_key).encode())))
