"""How often a stranger may do something; counted per person or check-in token before address."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from app.kit.identity import current_person
from app.kit.networks import network

ROOM = "240 per 10 minutes"
"""For what everybody in a full room may do at once from one address: forty people, each a few times."""


def caller() -> str:
    """Who is counted: the person when signed in, else the address, of IPv6 its network; a whole room may share it."""
    person = current_person()
    return f"person:{person.id}" if person else f"address:{network(get_remote_address())}"


limiter = Limiter(key_func=caller, default_limits=[], strategy="moving-window")


def init_app(app: Flask, redis_url: str) -> None:
    app.config.setdefault("RATELIMIT_STORAGE_URI", redis_url or "memory://")
    app.config.setdefault("RATELIMIT_HEADERS_ENABLED", False)
    limiter.init_app(app)
