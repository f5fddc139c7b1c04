"""Settings: what is missing, unknown or malformed stops the start with one sentence each, all at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import KNOWN, SettingsError, load_config

ROOT = Path(__file__).parents[2]
GOOD = {"SECRET_KEY": "x" * 40}
OIDC = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")


def test_defaults() -> None:
    config = load_config(GOOD)
    assert config.database_url.startswith("sqlite:///")
    assert (config.demo, config.is_https, config.trusted_proxies) == (False, False, 0)
    assert config.contact_email == "stem@127.0.0.1"


def test_the_provider_is_named_after_its_host_and_staff_need_a_second_step_on_a_live_site() -> None:
    config = load_config(
        {**GOOD, **dict.fromkeys(OIDC, "https://id.example/stad"), "OIDC_ACR_VALUES": " a  b "}
    )
    assert (config.oidc_name, config.oidc_acr_values, config.oidc_second_factor) == (
        "id.example",
        ("a", "b"),
        ("mfa",),
    )
    assert config.asks_second_factor
    assert not load_config({**GOOD, "DEMO": "1"}).asks_second_factor
    assert not load_config(GOOD, testing=True).asks_second_factor
    assert load_config({**GOOD, **dict.fromkeys(OIDC, "http://127.0.0.1:9400")}).oidc_issuer


def test_demo_needs_no_secret_and_keeps_its_own() -> None:
    first, second = load_config({"DEMO": "1"}), load_config({"DEMO": "1"})
    assert first.demo
    assert len(first.secret_key) >= 32
    assert first.secret_key == second.secret_key


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "SECRET_KEY is missing."),
        ({"SECRET_KEY": "kort"}, "SECRET_KEY is too short"),
        ({**GOOD, "DEMO": "ja"}, "DEMO must be 0 or 1."),
        ({**GOOD, "DATABASE_URL": "mysql://x"}, "DATABASE_URL must begin with"),
        ({**GOOD, "REDIS_URL": "http://x"}, "REDIS_URL must begin with"),
        ({**GOOD, "SITE_URL": "stem.example.nl"}, "SITE_URL must look like"),
        ({**GOOD, "SITE_URL": "https://stem.example.nl/pad"}, "SITE_URL must look like"),
        ({**GOOD, "MAIL_URL": "mail.example"}, "MAIL_URL must begin with"),
        ({**GOOD, "OIDC_ISSUER": "https://id.example"}, "belong together"),
        ({**GOOD, **dict.fromkeys(OIDC, "http://id.example")}, "OIDC_ISSUER must begin with https://"),
        ({**GOOD, "TRUSTED_PROXIES": "veel"}, "TRUSTED_PROXIES must be"),
        ({**GOOD, "SITE_NAAM": "x"}, "SITE_NAAM is not a setting of this site."),
    ],
)
def test_faults(settings: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence.replace(".", r"\.")):
        load_config(settings)


def test_all_faults_at_once() -> None:
    with pytest.raises(SettingsError) as found:
        load_config({"DATABASE_URL": "mysql://x", "DEMO": "2", "MAIL_FORM": "x"})
    assert len(str(found.value).splitlines()) == 4


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql_addresses_get_their_driver(scheme: str) -> None:
    config = load_config({**GOOD, "DATABASE_URL": f"{scheme}://me@/stem"})
    assert config.database_url == "postgresql+psycopg://me@/stem"


def test_every_setting_stands_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text()
    assert [name for name in KNOWN if f"{name}=" not in example] == []


def test_a_live_site_does_not_start_without_its_secret() -> None:
    environ = {key: value for key, value in os.environ.items() if key not in (*KNOWN, "SECRET_KEY", "DEMO")}
    run = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr.startswith("SECRET_KEY is missing.")
    assert "Traceback" not in run.stderr
