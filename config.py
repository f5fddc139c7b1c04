"""Settings, read from the environment (or a `.env` file) into one typed object; anything wrong stops the start."""

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent

KNOWN = {
    "DATABASE_URL": "where the data lives; default: SQLite in instance/",
    "REDIS_URL": "shared counters of the rate limits; optional",
    "SECRET_KEY": "signs sessions; at least 32 characters; required unless DEMO=1",
    "SITE_NAME": "the name in the header",
    "SITE_THEME": "the look: the name of a file in static/css/themes, without .css; optional",
    "SITE_URL": "the public address, used in mails and feeds",
    "LIVE_URL": "where browsers reach the live process, https://… without a path; default: pages poll",
    "MAIL_URL": "smtp://user:password@host:port or smtps://…; default: mail stays in the local outbox",
    "MAIL_FROM": "the sender of mails",
    "OIDC_ISSUER": "the address of the sign-in provider; optional",
    "OIDC_CLIENT_ID": "this site's name at the provider",
    "OIDC_CLIENT_SECRET": "this site's secret at the provider",
    "OIDC_NAME": "what the provider is called on the sign-in page; default: its host name",
    "OIDC_ACR_VALUES": "levels of certainty (acr) that are asked for and accepted, with spaces between; optional",
    "OIDC_SECOND_FACTOR": "acr or amr values that show that the provider asked a second step; default: mfa",
    "MUNICIPALITY": "the name of the municipality",
    "CONTACT_EMAIL": "where visitors can write to",
    "METRICS_TOKEN": "lets an operator read /metrics from elsewhere; default: only on the machine itself",
    "TRUSTED_PROXIES": "how many proxies stand before the site and tell it the visitor's address; default 0",
    "DEMO": "1: demo people on the sign-in page and the outbox at /demo/post; never on a live site",
}


class SettingsError(Exception):
    """A setting is missing, unknown or malformed; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting of the site."""

    database_url: str
    redis_url: str
    secret_key: str
    site_name: str
    site_theme: str
    site_url: str
    live_url: str
    municipality: str
    contact_email: str
    mail_url: str
    mail_from: str
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str
    oidc_name: str
    oidc_acr_values: tuple[str, ...]
    oidc_second_factor: tuple[str, ...]
    metrics_token: str
    trusted_proxies: int
    demo: bool
    testing: bool = False

    @property
    def is_https(self) -> bool:
        return self.site_url.startswith("https://")

    @property
    def asks_second_factor(self) -> bool:
        """Whether staff need a second step; the demo and tests let everybody in without, unless they have one."""
        return not (self.demo or self.testing)


PREFIXES = ("OIDC_", "SITE_", "MAIL_", "REDIS_", "DATABASE_")


@dataclass(frozen=True, slots=True)
class _Given:
    """The settings as they were given, and what is found to be wrong with them."""

    environ: Mapping[str, str]
    faults: list[str]

    def text(self, key: str, default: str = "") -> str:
        """The text of a setting."""
        return (self.environ.get(key) or default).strip()

    def check(self, is_fine: bool, fault: str) -> None:
        """Note a fault, unless all is well."""
        if not is_fine:
            self.faults.append(fault)


def load_config(environ: Mapping[str, str] | None = None, *, testing: bool = False) -> Config:
    """Read the settings. Raises SettingsError with every fault in one message."""
    given = _given(environ)
    given.check(given.text("DEMO", "0") in ("0", "1"), "DEMO must be 0 or 1.")
    demo = given.text("DEMO") == "1"
    secret, database, redis = _secret(given, demo), _database(given), _redis(given)
    site, live = _site_url(given), _live_url(given)
    theme, mail = _theme(given), _mail_url(given)
    issuer, client_id, client_secret = _provider(given)
    proxies = given.text("TRUSTED_PROXIES", "0")
    given.check(
        proxies.isdigit() and int(proxies) < 10, "TRUSTED_PROXIES must be a whole number from 0 to 9."
    )
    if given.faults:
        raise SettingsError("\n".join(given.faults))
    host = urlsplit(site).hostname or "localhost"
    return Config(
        database_url=database,
        redis_url=redis,
        secret_key=secret,
        site_name=given.text("SITE_NAME", "Stem van de stad"),
        site_theme=theme,
        site_url=site,
        live_url=live,
        municipality=given.text("MUNICIPALITY", "Gemeente Maastricht"),
        contact_email=given.text("CONTACT_EMAIL", f"stem@{host}"),
        mail_url=mail,
        mail_from=given.text("MAIL_FROM", f"stem@{host}"),
        oidc_issuer=issuer,
        oidc_client_id=client_id,
        oidc_client_secret=client_secret,
        oidc_name=given.text("OIDC_NAME", urlsplit(issuer).hostname or ""),
        oidc_acr_values=tuple(given.text("OIDC_ACR_VALUES").split()),
        oidc_second_factor=tuple(given.text("OIDC_SECOND_FACTOR", "mfa").split()),
        metrics_token=given.text("METRICS_TOKEN"),
        trusted_proxies=int(proxies),
        demo=demo,
        testing=testing,
    )


def _given(environ: Mapping[str, str] | None) -> _Given:
    """What was given, here or by the environment and `.env`; names that are no setting are faults."""
    unknown: list[str] = []
    if environ is None:
        from_file = {key: value for key, value in dotenv_values(ROOT / ".env").items() if value is not None}
        environ = {**from_file, **os.environ}
        unknown = sorted(set(from_file) - set(KNOWN))
    unknown += sorted(
        key for key in environ if key.startswith(PREFIXES) and key not in KNOWN and key not in unknown
    )
    return _Given(environ, [f"{key} is not a setting of this site." for key in unknown])


def _secret(given: _Given, demo: bool) -> str:
    secret = given.text("SECRET_KEY")
    if not secret and demo:
        return _demo_secret()
    if not secret:
        given.faults.append(
            "SECRET_KEY is missing. Make one with: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))' and put it in the environment or in .env. "
            "To look around without settings, start with DEMO=1."
        )
    elif len(secret) < 32:
        given.faults.append("SECRET_KEY is too short: use at least 32 characters.")
    return secret


def _database(given: _Given) -> str:
    address = given.text("DATABASE_URL", f"sqlite:///{ROOT / 'instance' / 'stem.sqlite'}")
    for short in ("postgres://", "postgresql://"):
        if address.startswith(short):
            address = "postgresql+psycopg://" + address[len(short) :]
    given.check(
        address.startswith(("sqlite:///", "postgresql+psycopg://")),
        "DATABASE_URL must begin with sqlite:/// or postgresql://.",
    )
    return address


def _redis(given: _Given) -> str:
    address = given.text("REDIS_URL")
    given.check(
        not address or address.startswith(("redis://", "rediss://", "unix://")),
        "REDIS_URL must begin with redis://, rediss:// or unix://.",
    )
    return address


def _site_url(given: _Given) -> str:
    address = given.text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(address)
    given.check(
        parts.scheme in ("http", "https") and bool(parts.netloc) and not parts.path,
        "SITE_URL must look like https://stem.example.nl, without a path.",
    )
    return address


def _live_url(given: _Given) -> str:
    address = given.text("LIVE_URL").rstrip("/")
    parts = urlsplit(address)
    is_bare = bool(parts.netloc) and not parts.path and not parts.query
    given.check(
        not address or (parts.scheme in ("http", "https") and is_bare),
        "LIVE_URL must look like https://stem.example.nl, without a path; leave it out to poll.",
    )
    return address


def _theme(given: _Given) -> str:
    theme = given.text("SITE_THEME")
    themes = sorted(path.stem for path in (ROOT / "static" / "css" / "themes").glob("*.css"))
    given.check(not theme or theme in themes, f"SITE_THEME must be one of: {', '.join(themes)}.")
    return theme


def _mail_url(given: _Given) -> str:
    address = given.text("MAIL_URL")
    given.check(
        not address or address.startswith(("smtp://", "smtps://")),
        "MAIL_URL must begin with smtp:// or smtps://.",
    )
    return address


def _provider(given: _Given) -> tuple[str, str, str]:
    """Address, name and secret at the sign-in provider: all of them, or none."""
    found = given.text("OIDC_ISSUER"), given.text("OIDC_CLIENT_ID"), given.text("OIDC_CLIENT_SECRET")
    given.check(
        all(found) or not any(found),
        "OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together: set all three or none.",
    )
    issuer = urlsplit(found[0])
    is_plain = bool(issuer.netloc) and not issuer.query and not issuer.fragment
    given.check(
        not found[0] or (is_plain and _is_safe(issuer)),
        "OIDC_ISSUER must begin with https://; http:// is for a provider on this machine only.",
    )
    return found


def _is_safe(address: SplitResult) -> bool:
    """Whether nobody can read along on the way: encrypted, or never leaving this machine."""
    return address.scheme == "https" or (
        address.scheme == "http" and address.hostname in ("127.0.0.1", "::1", "localhost")
    )


def _demo_secret() -> str:
    """A secret of this checkout, made once, so that demo sessions survive a restart but are never shared."""
    path = ROOT / "instance" / "demo-secret"
    path.parent.mkdir(exist_ok=True)
    with contextlib.suppress(FileExistsError):
        # Two processes may start at once: the first makes the file, the other reads it.
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(os.urandom(32).hex())
    return path.read_text().strip()
