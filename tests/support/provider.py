"""Sign-in providers on this machine: a real one, and one that misbehaves in every way that it is told to."""

import contextlib
import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey
from werkzeug.test import TestResponse

from tests.support import servers

CLIENT = "stem"
SECRET = "a secret of this site at the provider"
PATIENCE = 30
"""Seconds in which the provider has to answer, also on a machine that is busy with other tests."""


def settings(issuer: str, **more: str) -> dict[str, str]:
    """What the site has to know about a provider."""
    return {
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": CLIENT,
        "OIDC_CLIENT_SECRET": SECRET,
        "OIDC_NAME": "Stadslogin",
        **more,
    }


def leave(client: FlaskClient, path: str = "/inloggen/provider") -> str:
    """Follow the link to the provider: the address that it leads to."""
    answer = client.get(path)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"]


def asked(address: str) -> dict[str, str]:
    """What an address to the provider asks for."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def come_back(client: FlaskClient, address: str) -> TestResponse:
    """Come back from the provider to an address of the site."""
    parts = urlsplit(address)
    assert parts.netloc == "localhost", address
    return client.get(f"{parts.path}?{parts.query}")


def consent(address: str, subject: str, *, deny: bool = False) -> str:
    """Say yes or no on the page of the real provider: where it sends the browser then."""
    parts = urlsplit(address)
    with contextlib.closing(http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)) as connection:
        body = urlencode({"action": "deny"} if deny else {"sub": subject})
        head = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"{parts.path}?{parts.query}", body, head)
        answer = connection.getresponse()
        said = answer.read().decode()
        assert answer.status in (302, 303), said
        return str(answer.headers["Location"])


@contextlib.contextmanager
def real(*people: dict[str, Any]) -> Iterator[str]:
    """The provider that others test with too, in a process of its own: its address. `people` are what it tells."""
    port = servers.free_port()
    told = [part for person in people for part in ("--user-claims", json.dumps(person))]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *told]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with (
            contextlib.suppress(OSError),
            contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as line,
        ):
            line.request("GET", "/.well-known/openid-configuration")
            assert line.getresponse().status == 200
            return
        assert process.poll() is None, "the provider stopped"
        time.sleep(0.05)
    raise AssertionError("the provider does not answer")


@dataclass
class Rogue:
    """A provider that says what it is told to, true or not."""

    url: str
    key: ECKey
    facts: dict[str, Any] = field(default_factory=dict)
    """Over what it tells of itself."""
    claims: dict[str, Any] = field(default_factory=dict)
    """Over what its tokens say; None leaves one out."""
    told: dict[str, Any] | None = None
    """What it tells where it tells about people; None for an error."""
    token: str | None = None
    """In the place of the identity token."""
    answer: tuple[int, bytes] | None = None
    """In the place of the whole answer with the token."""
    keys: list[dict[str, Any]] | None = None
    nonce: str = ""
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def identity(self) -> str:
        """The token that it hands out now."""
        now = int(time.time())
        said = {"iss": self.url, "sub": "1", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": self.nonce}
        claims = {name: value for name, value in {**said, **self.claims}.items() if value is not None}
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key)

    def reply(self, path: str, sent: dict[str, str]) -> tuple[int, bytes]:
        """The status and the words for a request."""
        self.requests.append((path, sent))
        if path == "/.well-known/openid-configuration":
            names = {"authorization_endpoint": "/kom", "token_endpoint": "/token", "jwks_uri": "/keys"}
            facts = {name: self.url + place for name, place in names.items()}
            return 200, json.dumps({"issuer": self.url, **facts, **self.facts}).encode()
        if path == "/keys":
            keys = self.keys if self.keys is not None else [self.key.as_dict(private=False)]
            return 200, json.dumps({"keys": keys}).encode()
        if path == "/who":
            return (500, b"") if self.told is None else (200, json.dumps(self.told).encode())
        if self.answer is not None:
            return self.answer
        token = self.token if self.token is not None else self.identity()
        return 200, json.dumps({"access_token": "x", "token_type": "Bearer", "id_token": token}).encode()


@contextlib.contextmanager
def rogue() -> Iterator[Rogue]:
    """A provider that misbehaves when told to, in a thread of this process."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, sent: dict[str, str]) -> None:
            status, body = provider.reply(self.path, sent)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{provider.url}/elders")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):  # whoever asked may have hung up
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider = Rogue(
            f"http://127.0.0.1:{server.server_port}", ECKey.generate_key("P-256", {"kid": "one"})
        )
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
