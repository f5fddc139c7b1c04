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


def load_config(environ: Mapping[str, str] | None = None, *, testing: bool = False) -> Config:
    """Read the settings. Raises SettingsError with every fault in one message."""
    if environ is None:
        from_file = {key: value for key, value in dotenv_values(ROOT / ".env").items() if value is not None}
        environ = {**from_file, **os.environ}
        unknown = sorted(set(from_file) - set(KNOWN))
    else:
        unknown = []
    unknown += sorted(
        key for key in environ if key.startswith(PREFIXES) and key not in KNOWN and key not in unknown
    )
    faults = [f"{key} is not a setting of this site." for key in unknown]

    def read(key: str, default: str = "") -> str:
        return (environ.get(key) or default).strip()

    demo_text = read("DEMO", "0")
    if demo_text not in ("0", "1"):
        faults.append("DEMO must be 0 or 1.")
    demo = demo_text == "1"

    secret = read("SECRET_KEY")
    if not secret and demo:
        secret = _demo_secret()
    elif not secret:
        faults.append(
            "SECRET_KEY is missing. Make one with: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))' and put it in the environment or in .env. "
            "To look around without settings, start with DEMO=1."
        )
    elif len(secret) < 32:
        faults.append("SECRET_KEY is too short: use at least 32 characters.")

    database = read("DATABASE_URL", f"sqlite:///{ROOT / 'instance' / 'stem.sqlite'}")
    for short in ("postgres://", "postgresql://"):
        if database.startswith(short):
            database = "postgresql+psycopg://" + database[len(short) :]
    if not database.startswith(("sqlite:///", "postgresql+psycopg://")):
        faults.append("DATABASE_URL must begin with sqlite:/// or postgresql://.")

    redis = read("REDIS_URL")
    if redis and not redis.startswith(("redis://", "rediss://", "unix://")):
        faults.append("REDIS_URL must begin with redis://, rediss:// or unix://.")

    site_url = read("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(site_url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
        faults.append("SITE_URL must look like https://stem.example.nl, without a path.")

    theme = read("SITE_THEME")
    themes = sorted(path.stem for path in (ROOT / "static" / "css" / "themes").glob("*.css"))
    if theme and theme not in themes:
        faults.append(f"SITE_THEME must be one of: {', '.join(themes)}.")

    mail = read("MAIL_URL")
    if mail and not mail.startswith(("smtp://", "smtps://")):
        faults.append("MAIL_URL must begin with smtp:// or smtps://.")

    oidc = [read(key) for key in ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")]
    if any(oidc) and not all(oidc):
        faults.append(
            "OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together: set all three or none."
        )
    issuer = urlsplit(oidc[0])
    if oidc[0] and not (issuer.netloc and _is_safe(issuer) and not issuer.query and not issuer.fragment):
        faults.append("OIDC_ISSUER must begin with https://; http:// is for a provider on this machine only.")

    proxies = read("TRUSTED_PROXIES", "0")
    if not (proxies.isdigit() and int(proxies) < 10):
        faults.append("TRUSTED_PROXIES must be a whole number from 0 to 9.")

    if faults:
        raise SettingsError("\n".join(faults))
    host = parts.hostname or "localhost"
    return Config(
        database_url=database,
        redis_url=redis,
        secret_key=secret,
        site_name=read("SITE_NAME", "Stem van de stad"),
        site_theme=theme,
        site_url=site_url,
        municipality=read("MUNICIPALITY", "Gemeente Maastricht"),
        contact_email=read("CONTACT_EMAIL", f"stem@{host}"),
        mail_url=mail,
        mail_from=read("MAIL_FROM", f"stem@{host}"),
        oidc_issuer=oidc[0],
        oidc_client_id=oidc[1],
        oidc_client_secret=oidc[2],
        oidc_name=read("OIDC_NAME", issuer.hostname or ""),
        oidc_acr_values=tuple(read("OIDC_ACR_VALUES").split()),
        oidc_second_factor=tuple(read("OIDC_SECOND_FACTOR", "mfa").split()),
        metrics_token=read("METRICS_TOKEN"),
        trusted_proxies=int(proxies),
        demo=demo,
        testing=testing,
    )


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
