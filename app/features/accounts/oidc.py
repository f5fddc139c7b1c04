"""Talks with the sign-in provider (OpenID Connect: code flow with PKCE) and believes only what it has checked."""

import io
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from secrets import token_urlsafe
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, KeySet
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from app.kit import tokens

TIMEOUT = (3.05, 5.0)
"""Seconds for the provider to pick up, and for each word of its answer."""
LONGEST_ANSWER = 10.0
"""Seconds that a whole answer may take: a provider that drips must not hold on to our threads."""
LARGEST_ANSWER = 512 * 1024
KEPT_FOR = 3600.0
"""Seconds that the addresses and keys of the provider are kept."""
NEW_KEYS_AFTER = 60.0
"""Seconds before keys are fetched again for a token with a key that we do not know."""
REST = 5.0
"""Seconds in which a provider that was down is not asked again: everybody would wait for it."""
LEEWAY = 60
"""Seconds that its clock may differ from ours."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures with a key that only the provider has; a shared secret or no signature at all proves nothing."""
SCOPE = "openid email"


class Problem(StrEnum):
    """Why somebody did not come in by the provider."""

    STATE = "state"
    REFUSED = "refused"
    TOKEN = "token"  # noqa: S105 - a word, not a secret
    LEVEL = "level"
    TAKEN = "taken"
    OTHER_ACCOUNT = "other_account"
    DOWN = "down"
    GARBAGE = "garbage"


class ProviderFault(Exception):
    """Signing in by the provider failed; `detail` is for the log and holds nothing of the person or the token."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the provider is, how it knows this site, and what is asked of it."""

    issuer: str
    client_id: str
    client_secret: str
    acr_values: tuple[str, ...] = ()
    second_factor: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """What the browser keeps between leaving for the provider and coming back: 256 bits each."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Known:
    """What we keep of what the provider said: a keyed hash, an address that it verified, and how sure it was."""

    oidc_hash: str
    email: str
    """Empty unless the provider says that it verified the address."""
    second_step: bool


class Provider:
    """One provider, as this process knows it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._facts: dict[str, Any] = {}
        self._facts_until = 0.0
        self._down_until = 0.0
        self._keys: KeySet | None = None
        self._keys_at = 0.0

    def leave(self, redirect_uri: str, *, again: bool = False) -> tuple[str, Flow]:
        """The address to send the browser to, and what to keep until it comes back.

        `again` makes the provider ask who somebody is, also when it knows. Raises ProviderFault.
        """
        flow = Flow(token_urlsafe(32), token_urlsafe(32), token_urlsafe(48))
        more = {"acr_values": " ".join(self._settings.acr_values)} if self._settings.acr_values else {}
        if again:
            more["prompt"] = "login"
        client = self._client(redirect_uri)
        address, _state = client.create_authorization_url(
            self._known_facts()["authorization_endpoint"],
            state=flow.state,
            nonce=flow.nonce,
            code_verifier=flow.verifier,
            **more,
        )
        return str(address), flow

    def come_back(self, flow: Flow, code: str, redirect_uri: str, now: int) -> Known:
        """Change the code for an identity token and check everything about it. Raises ProviderFault."""
        facts = self._known_facts()
        try:
            answer = self._client(redirect_uri).fetch_token(
                facts["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=flow.verifier,
            )
        except OAuthError as error:
            # The code was used before, is too old, or belongs to another verifier.
            raise ProviderFault(Problem.TOKEN, "refused_by_token_endpoint") from error
        except requests.RequestException as error:
            raise ProviderFault(Problem.DOWN, f"token_endpoint: {type(error).__name__}") from error
        except (ValueError, TypeError, AttributeError) as error:
            raise ProviderFault(Problem.GARBAGE, f"token_endpoint: {type(error).__name__}") from error
        claims = self._claims(answer.get("id_token"), flow.nonce, now)
        if self._settings.acr_values and claims.get("acr") not in self._settings.acr_values:
            raise ProviderFault(Problem.LEVEL, "acr")
        return Known(
            tokens.keyed_hash("oidc", self._settings.issuer, claims["sub"]),
            self._verified_email(claims, answer.get("access_token")),
            self._shows_second_step(claims),
        )

    def is_issuer(self, issuer: str) -> bool:
        """Whether an answer that says who it comes from comes from this provider (RFC 9207)."""
        return issuer == self._settings.issuer

    def _client(self, redirect_uri: str) -> OAuth2Session:
        methods = self._facts.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        client = OAuth2Session(
            self._settings.client_id,
            self._settings.client_secret,
            scope=SCOPE,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            token_endpoint_auth_method=(
                "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
            ),
        )
        return _guarded(client)

    def _known_facts(self) -> dict[str, Any]:
        """The addresses of the provider, fetched once an hour by one thread."""
        with self._lock:
            moment = time.monotonic()
            if moment < self._facts_until:
                return self._facts
            if moment < self._down_until:
                raise ProviderFault(Problem.DOWN, "resting")
            try:
                self._facts = self._checked_facts(
                    _fetch(self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
                )
            except ProviderFault:
                self._down_until = time.monotonic() + REST
                raise
            self._facts_until = time.monotonic() + KEPT_FOR
            return self._facts

    def _checked_facts(self, facts: dict[str, Any]) -> dict[str, Any]:
        if facts.get("issuer") != self._settings.issuer:
            raise ProviderFault(Problem.GARBAGE, "discovery: another issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
            if name == "userinfo_endpoint" and name not in facts:
                continue
            if not self._is_safe(facts.get(name)):
                raise ProviderFault(Problem.GARBAGE, f"discovery: {name}")
        return facts

    def _is_safe(self, address: object) -> bool:
        """Encrypted; an address that is not follows only from an issuer that is not, which settings allow locally."""
        try:
            parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
        except ValueError:
            return False
        schemes = ("https", urlsplit(self._settings.issuer).scheme)
        return parts.scheme in schemes and bool(parts.hostname)

    def _known_keys(self, *, anew: bool = False) -> KeySet:
        with self._lock:
            age = time.monotonic() - self._keys_at
            if self._keys is not None and age < (NEW_KEYS_AFTER if anew else KEPT_FOR):
                return self._keys
        keys = _key_set(_fetch(self._known_facts()["jwks_uri"]))
        with self._lock:
            self._keys, self._keys_at = keys, time.monotonic()
        return keys

    def _claims(self, token: object, nonce: str, now: int) -> dict[str, Any]:
        """What a token says, once its signature, issuer, audience, time and nonce are right."""
        if not isinstance(token, str) or not token:
            raise ProviderFault(Problem.GARBAGE, "no id_token")
        try:
            claims = self._signed(token)
            wanted = jwt.JWTClaimsRegistry(
                now=now,
                leeway=LEEWAY,
                iss={"essential": True, "value": self._settings.issuer},
                sub={"essential": True},
                aud={"essential": True, "value": self._settings.client_id},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            )
            wanted.validate(claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise ProviderFault(Problem.TOKEN, type(error).__name__) from error
        audience, party = claims["aud"], claims.get("azp")
        if party not in (None, self._settings.client_id) or (
            isinstance(audience, list) and len(audience) > 1 and party is None
        ):
            raise ProviderFault(Problem.TOKEN, "azp")
        return claims

    def _signed(self, token: str) -> dict[str, Any]:
        try:
            return dict(jwt.decode(token, self._known_keys(), algorithms=ALGORITHMS).claims)
        except InvalidKeyIdError:
            # The provider may have new keys since.
            return dict(jwt.decode(token, self._known_keys(anew=True), algorithms=ALGORITHMS).claims)

    def _verified_email(self, claims: Mapping[str, Any], access_token: object) -> str:
        """The address that the provider verified, in the token or else where it tells about people."""
        endpoint = self._known_facts().get("userinfo_endpoint")
        if "email" not in claims and endpoint and isinstance(access_token, str):
            told = _fetch(endpoint, {"Authorization": f"Bearer {access_token}"})
            if told.get("sub") != claims["sub"]:
                raise ProviderFault(Problem.TOKEN, "userinfo: another subject")
            claims = told
        email = claims.get("email")
        verified = claims.get("email_verified") in (True, "true")
        return email if verified and isinstance(email, str) else ""

    def _shows_second_step(self, claims: Mapping[str, Any]) -> bool:
        methods = claims.get("amr")
        shown = [claims.get("acr"), *(methods if isinstance(methods, list) else [])]
        return any(value in shown for value in self._settings.second_factor)


class _Guard(HTTPAdapter):
    """Carries every request to the provider: with a limit to how long it takes and to how much comes back."""

    def send(self, request: requests.PreparedRequest, *_args: Any, **options: Any) -> requests.Response:
        options.update(stream=True, timeout=TIMEOUT)
        request.headers["Accept-Encoding"] = "identity"  # so that what comes in is as large as it looks
        answer = super().send(request, **options)
        until, body = time.monotonic() + LONGEST_ANSWER, bytearray()
        try:
            while part := answer.raw.read1(65536):
                body += part
                if len(body) > LARGEST_ANSWER:
                    raise requests.exceptions.ContentDecodingError("too large", response=answer)
                if time.monotonic() > until:
                    raise requests.ReadTimeout("too slow", response=answer)
        except (HTTPError, OSError) as error:
            if isinstance(error, requests.RequestException):
                raise
            raise requests.ConnectionError(str(type(error).__name__), response=answer) from error
        finally:
            answer.raw.close()
        answer.raw = io.BytesIO(bytes(body))
        return answer


def _guarded(session: Any) -> Any:
    session.mount("https://", _Guard())
    session.mount("http://", _Guard())
    session.max_redirects = 0  # the provider answers itself, or not at all
    return session


def _fetch(address: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A JSON object of the provider. Raises ProviderFault."""
    where = urlsplit(address).path
    try:
        with _guarded(requests.Session()) as session:
            answer = session.get(address, headers={"Accept": "application/json", **(headers or {})})
    except requests.TooManyRedirects as error:
        raise ProviderFault(Problem.GARBAGE, f"{where}: redirect") from error
    except requests.RequestException as error:
        raise ProviderFault(Problem.DOWN, f"{where}: {type(error).__name__}") from error
    if answer.status_code != 200:
        raise ProviderFault(Problem.DOWN, f"{where}: status {answer.status_code}")
    try:
        found = json.loads(answer.content)
    except (ValueError, RecursionError) as error:
        raise ProviderFault(Problem.GARBAGE, f"{where}: no JSON") from error
    if not isinstance(found, dict):
        raise ProviderFault(Problem.GARBAGE, f"{where}: no object")
    return found


def _key_set(found: dict[str, Any]) -> KeySet:
    """The keys that can sign; kinds that we do not know are left aside, as the standard asks."""
    keys = []
    listed = found.get("keys")
    for key in listed if isinstance(listed, list) else []:
        if not isinstance(key, dict) or key.get("kty") not in ("RSA", "EC") or key.get("use") == "enc":
            continue
        try:
            keys.append(JWKRegistry.import_key(key))
        except (JoseError, ValueError, TypeError):
            continue
    if not keys:
        raise ProviderFault(Problem.GARBAGE, "jwks: no keys")
    return KeySet(keys)
