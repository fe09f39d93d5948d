"""Whom a federation condition admits, compared with brute force: tokens of strangers are tried on it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.access.cel import Certainty
from analysis.access.cel_reader import read
from policies.least_privilege.federation.admission import admits_ours_only
from policies.least_privilege.federation.issuers import SHARED, shared_issuer

Token = Mapping[str, str]
GITHUB = shared_issuer("https://token.actions.githubusercontent.com")
assert GITHUB is not None

# Ours are the owners acme (8) and web (7). Strangers take names and numbers that are nearly ours.
OWNERS = ("acmeacme", "acm", "evil-acme", "x")
STRANGERS: list[Token] = [
    {
        "repository_owner": owner,
        "repository_owner_id": number,
        "repository": f"{owner}/{name}",
        "repository_id": number,
        "ref": ref,
        "environment": "production",
        "sub": f"repo:{owner}/{name}:{context}",
    }
    for owner, number, name, ref, context in itertools.product(
        OWNERS, ("88", "98", "1"), ("voice", "acme"), ("refs/heads/main", "refs/tags/acme"), ("ref:x", "acme/")
    )
]


@dataclass(frozen=True)
class Said:
    """A condition, and the same as a test of a token."""

    text: str
    admits: Callable[[Token], bool]


VALUES = ("acme/voice", "acme/", "acme", "repo:acme/voice:ref:x", "repo:acme/", "repo:", "8", "acme/v", "", "web")
CLAIMS = ("repository_owner", "repository_owner_id", "repository", "repository_id", "ref", "sub", "environment")
EXPRESSIONS = (
    "^acme/",
    "^acme",
    "acme/",
    "^acme/(voice|web)$",
    "^(acme|web)/",
    ".*",
    "^acme/|^web/",
    "^acme/|voice",
)


def compared(claim: str, value: str, *, equal: bool) -> Said:
    return Said(
        f"assertion.{claim} {'==' if equal else '!='} '{value}'", lambda token: (token[claim] == value) is equal
    )


def among(claim: str, values: list[str]) -> Said:
    return Said(f"assertion.{claim} in [{', '.join(map(repr, values))}]", lambda token: token[claim] in values)


def called(claim: str, function: str, value: str) -> Said:
    tests: dict[str, Callable[[str], bool]] = {
        "startsWith": lambda text: text.startswith(value),
        "endsWith": lambda text: text.endswith(value),
        "contains": lambda text: value in text,
        "matches": lambda text: re.search(value, text) is not None,
    }
    return Said(f"assertion.{claim}.{function}('{value}')", lambda token: tests[function](token[claim]))


claims, values = st.sampled_from(CLAIMS), st.sampled_from(VALUES)
TESTS = st.one_of(
    st.builds(compared, claims, values, equal=st.booleans()),
    st.builds(among, claims, st.lists(values, max_size=3)),
    st.builds(called, claims, st.sampled_from(["startsWith", "endsWith", "contains"]), values),
    st.builds(called, claims, st.just("matches"), st.sampled_from(EXPRESSIONS)),
    st.just(Said("true", lambda token: True)),
    st.just(Said("false", lambda token: False)),
    st.just(Said("has(assertion.ref)", lambda token: True)),
)


def both(one: Said, other: Said) -> Said:
    return Said(f"({one.text} && {other.text})", lambda token: one.admits(token) and other.admits(token))


def either(one: Said, other: Said) -> Said:
    return Said(f"({one.text} || {other.text})", lambda token: one.admits(token) or other.admits(token))


def unlike(one: Said) -> Said:
    return Said(f"!({one.text})", lambda token: not one.admits(token))


def chosen(asked: Said, then: Said, otherwise: Said) -> Said:
    return Said(
        f"({asked.text} ? {then.text} : {otherwise.text})",
        lambda token: (then if asked.admits(token) else otherwise).admits(token),
    )


CONDITIONS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.builds(both, inner, inner),
        st.builds(either, inner, inner),
        st.builds(unlike, inner),
        st.builds(chosen, inner, inner, inner),
    ),
    max_leaves=8,
)


def judged(text: str, mapping: Mapping[str, str] | None = None) -> Certainty:
    assert GITHUB is not None
    return admits_ours_only(read(text), GITHUB.claims, (mapping or {}).get)


@given(CONDITIONS)
def test_no_stranger_meets_a_condition_that_is_said_to_hold_them_off(said: Said) -> None:
    if judged(said.text) is Certainty.YES:
        assert [token for token in STRANGERS if said.admits(token)] == []


# One token that every test here passes which is not an owner's: what lets it in is told.
OPEN = st.sampled_from(
    [
        called("repository", "startsWith", "acme"),
        called("repository", "contains", "acme/"),
        called("repository", "endsWith", "/acme"),
        called("repository", "matches", "acme"),
        called("repository_owner", "startsWith", "acme"),
        called("repository_owner_id", "startsWith", "8"),
        called("sub", "startsWith", "repo:acme"),
        compared("ref", "refs/heads/main", equal=True),
        compared("environment", "production", equal=True),
        compared("repository_owner", "acme", equal=False),
        among("environment", ["production", "staging"]),
        Said("has(assertion.ref)", lambda token: True),
        Said("true", lambda token: True),
    ]
)
PINNED = st.sampled_from(
    [
        compared("repository_owner", "acme", equal=True),
        compared("repository_owner_id", "8", equal=True),
        called("repository", "startsWith", "acme/"),
        called("sub", "startsWith", "repo:acme/"),
        called("repository", "matches", "^acme/"),
        among("repository", ["acme/voice", "web/site"]),
        Said("false", lambda token: False),
    ]
)


@given(
    st.recursive(
        st.one_of(OPEN, PINNED),
        lambda inner: st.one_of(st.builds(both, inner, inner), st.builds(either, inner, inner)),
        max_leaves=10,
    )
)
def test_a_condition_without_negations_is_judged_exactly(said: Said) -> None:
    admitted = any(said.admits(token) for token in STRANGERS)
    assert judged(said.text) is (Certainty.NO if admitted else Certainty.YES)


# Nobody's name can be written with the parts below, but several match what is written carelessly.
NAMES = [f"{owner}/{name}" for owner in ("acm", "acmex", "xacme", "a", "c") for name in ("voice", "acme", "x")]
PARTS = ["^", "acme", "/", "|", "(", ")", "[ac]", ".", "*", "?", "+", "$", "{0}", "{0,}", "\\.", "voice"]


@given(st.sampled_from(["^acme/", "^acme", "^(acme)", ""]), st.lists(st.sampled_from(PARTS), max_size=7))
def test_no_stranger_matches_an_expression_that_is_said_to_hold_them_off(begun: str, parts: list[str]) -> None:
    expression = begun + "".join(parts)
    try:
        matcher = re.compile(expression)
    except re.error:
        return
    text = expression.replace("\\", "\\\\")
    if judged(f"assertion.repository.matches('{text}')") is Certainty.YES:
        assert [name for name in NAMES if matcher.search(name)] == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1 == 1.0", Certainty.NO),
        ("'a' == 'b'", Certainty.YES),
        ("'a' in ['a', 'b']", Certainty.NO),
        ("assertion.repository in []", Certainty.YES),
        ("!(assertion.repository in ['acme/a'])", Certainty.NO),
        ("'acme' in assertion.groups", Certainty.NO),
        ("assertion.repository_id == 9", Certainty.YES),
        ("string(assertion.repository_id) == '9'", Certainty.YES),
        ("assertion.repository == assertion.workflow", Certainty.NO),
        ("assertion.repository == null", Certainty.NO),
        ("attribute.owner == 'acme'", Certainty.YES),
        ("attribute.lower == 'acme'", Certainty.YES),
        ("attribute.computed == 'acme'", Certainty.UNSURE),
        ("attribute.broken == 'acme'", Certainty.UNSURE),
        ("attribute.lacking == 'acme'", Certainty.UNSURE),
        ("attribute.lacking != 'acme'", Certainty.NO),
        ("attribute.lacking == 'acme' || true", Certainty.NO),
        ("attribute.lacking == 'acme' && assertion.repository_owner == 'acme'", Certainty.YES),
        ("['acme'].exists(x, x == assertion.repository_owner)", Certainty.UNSURE),
        ("assertion.repository.startsWith(assertion.x)", Certainty.UNSURE),
        ("size(assertion.repository) > 0", Certainty.NO),
        ("assertion.ref_protected", Certainty.NO),
        ("(assertion.repository_owner == 'acme') == true", Certainty.YES),
        ("(assertion.repository_owner == 'acme') == false", Certainty.NO),
        ("assertion.workflow_ref.startsWith('acme/voice/.github/')", Certainty.YES),
    ],
)
def test_forms_beside_the_common_ones(text: str, answer: Certainty) -> None:
    mapping = {
        "attribute.owner": "assertion.repository_owner",
        "attribute.lower": "assertion.repository_owner",
        "attribute.computed": "assertion.repository_owner + '!'",
        "attribute.broken": "assertion.",
    }
    assert judged(text, mapping) is answer


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://token.actions.githubusercontent.com/", "GitHub"),
        ("https://token.actions.githubusercontent.com/acme", "GitHub"),
        ("https://GitLab.com", "GitLab.com"),
        ("https://gitlab.acme.example", None),
        ("https://accounts.google.com", "Google"),
        ("https://app.terraform.io", "Terraform Cloud"),
        ("https://app.terraform.io.evil.example", None),
        ("https://container.googleapis.com/v1/projects/p/locations/l/clusters/c", None),
    ],
)
def test_issuers_of_many_parties_are_known_by_their_address(address: str, name: str | None) -> None:
    found = shared_issuer(address)
    assert (found.name if found else None) == name


def test_what_lasts_is_among_what_tells_an_owner() -> None:
    for issuer in SHARED:
        assert issuer.lasting.keys() <= issuer.claims.keys(), issuer.name
