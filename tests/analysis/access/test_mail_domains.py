"""Which mail domains are anybody's."""

import pytest

from analysis.access.mail_domains import is_anybodys


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com",
        "googlegroups.com",
        "outlook.com",
        "Hotmail.COM",
        "hotmail.co.uk",
        "live.com",
        "yahoo.com",
        "yahoo.co.jp",
        "yahoo.com.br",
        "icloud.com",
        "me.com",
        "proton.me",
        "protonmail.com",
        "gmx.de",
        " aol.com. ",
        "qq.com",
    ],
)
def test_a_domain_at_which_anybody_makes_an_account_is_nobodys_own(domain: str) -> None:
    assert is_anybodys(domain)


@pytest.mark.parametrize(
    "domain",
    [
        "acme.example",
        "outlook.example.com",
        "notgmail.com",
        "gmail.com.acme.example",
        "yahoo.acme",
        "google.com",
        "",
    ],
)
def test_a_domain_that_sounds_alike_is_somebodys_own(domain: str) -> None:
    assert not is_anybodys(domain)
