"""The link that ends digests with one click (RFC 8058): signed, for one person, and good for nothing else."""

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from app.kit import mail
from app.kit.paths import LARGEST_NUMBER

_PURPOSE = "unsubscribe-digest"


def address(person_id: int, language: str) -> str:
    """The whole address for the mail of this person."""
    return mail.address("notifications.unsubscribe", language, token=_signer().dumps(person_id))


def person_of(token: str) -> int | None:
    """Whose link it is, or None for one that we did not make. It never runs out: an old mail must still stop mail."""
    try:
        number = _signer().loads(token)
    except BadData:
        return None
    return number if isinstance(number, int) and 0 < number <= LARGEST_NUMBER else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=_PURPOSE)
