"""Secrets that travel by mail or cookie: how they are made, and the keyed hash kept in their place."""

import hashlib
import hmac
import secrets

from flask import current_app

TOKEN_BYTES = 32
CODE_DIGITS = 6


def new_token() -> str:
    """256 bits that nobody can guess, safe in an address: 43 characters."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_code() -> str:
    """Six digits, every one of the million as likely as the next."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def keyed_hash(purpose: str, *parts: str) -> str:
    """What the database keeps of a secret: HMAC-SHA256 under SECRET_KEY, 64 hexadecimal characters.

    The purpose keeps hashes of one kind useless as another. A slow hash such as argon2 would add nothing: a
    token has 256 bits, and a six-digit code is worth ten minutes and five tries, while without SECRET_KEY a
    stolen table cannot even be tried against the million codes. It would only let strangers keep us busy.
    """
    key = str(current_app.secret_key).encode()
    text = "\x1f".join((purpose, *parts))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two hashes are equal, in a time that tells nothing about where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
