"""Which mail domains may speak for an organisation, and which are open to everybody."""

import re

from app.domain.decision import N_

OPEN_TO_ALL = frozenset(
    {
        *(
            "gmail.com",
            "googlemail.com",
            "outlook.com",
            "outlook.nl",
            "hotmail.com",
            "hotmail.nl",
            "live.com",
        ),
        *("live.nl", "msn.com", "yahoo.com", "yahoo.nl", "icloud.com", "me.com", "mac.com", "aol.com"),
        *("gmx.com", "gmx.net", "gmx.de", "web.de", "t-online.de", "mail.com", "zoho.com", "yandex.com"),
        *("proton.me", "protonmail.com", "pm.me", "tutanota.com", "tuta.io", "fastmail.com", "hey.com"),
        *("ziggo.nl", "kpnmail.nl", "kpnplanet.nl", "planet.nl", "hetnet.nl", "home.nl", "xs4all.nl"),
        *("upcmail.nl", "chello.nl", "casema.nl", "quicknet.nl", "caiway.nl", "zeelandnet.nl", "solcon.nl"),
        *(
            "tele2.nl",
            "online.nl",
            "telfort.nl",
            "freedom.nl",
            "freeler.nl",
            "wxs.nl",
            "zonnet.nl",
            "skynet.be",
        ),
        *("telenet.be", "proximus.be", "orange.fr", "free.fr", "laposte.net", "wanadoo.nl", "planet.be"),
    }
)
"""Where anybody gets a mailbox."""
UNDER_WHICH_ANYBODY_REGISTERS = frozenset(
    {
        *(
            "co.nl",
            "com.nl",
            "net.nl",
            "co.uk",
            "org.uk",
            "ac.uk",
            "gov.uk",
            "com.au",
            "org.au",
            "co.nz",
            "co.za",
        ),
        *("co.jp", "com.br", "com.tr", "com.de", "eu.com", "uk.com", "de.com", "us.com", "gb.net", "eu.org"),
        *("github.io", "gitlab.io", "pages.dev", "netlify.app", "vercel.app", "herokuapp.com", "web.app"),
        *("blogspot.com", "azurewebsites.net", "cloudfront.net", "amazonaws.com", "sharepoint.com"),
    }
)
"""Public suffixes of more than one part: nobody is in charge of a whole one."""
_PART = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
LONGEST = 253


class NotADomain(ValueError):
    """This cannot be a domain to trust; the message is a marked English sentence."""


def read(typed: str) -> str:
    """The domain that somebody typed, also as `@example.org`; in lower case. Raises NotADomain."""
    domain = typed.strip().removeprefix("@").removesuffix(".").lower()
    try:
        domain = domain.encode("idna").decode("ascii") if not domain.isascii() else domain
    except UnicodeError:
        raise NotADomain(N_("This is not a domain. It should look like example.org.")) from None
    parts = domain.split(".")
    if len(domain) > LONGEST or not all(_PART.fullmatch(part) for part in parts):
        raise NotADomain(N_("This is not a domain. It should look like example.org."))
    if len(parts) < 2 or domain in UNDER_WHICH_ANYBODY_REGISTERS:
        raise NotADomain(
            N_("Everybody can register a name under this domain. Choose that of one organisation.")
        )
    if parts[-1].isdigit():
        raise NotADomain(N_("This is not a domain. It should look like example.org."))
    if domain in OPEN_TO_ALL:
        raise NotADomain(N_("Everybody can get an address at this domain. Choose that of one organisation."))
    return domain


def of(address: str) -> str:
    """The domain of an e-mail address as it is kept."""
    return address.rpartition("@")[2]
