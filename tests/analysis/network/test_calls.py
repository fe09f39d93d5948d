"""Which Cloud Run service an address belongs to."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.network.calls import called_service, parts

small = string.ascii_lowercase + string.digits
names = st.builds(
    lambda first, middle, last: f"{first}{middle}{last}",
    st.sampled_from(string.ascii_lowercase),
    st.text(small + "-", max_size=20).filter(lambda text: "---" not in text),
    st.sampled_from(small),
)
tags = st.just("") | st.text(string.ascii_lowercase, min_size=1, max_size=8).map(lambda tag: f"{tag}---")


@given(tags, names, st.integers(10**9, 10**12), st.sampled_from(["europe-west1", "us-central1"]))
def test_a_deterministic_address_tells_its_service(tag: str, name: str, number: int, region: str) -> None:
    assert called_service(f"{tag}{name}-{number}.{region}.run.app") == name


@given(tags, names, st.text(small, min_size=10, max_size=10), st.sampled_from(["ew", "uc", "lz"]))
def test_an_older_address_tells_its_service(tag: str, name: str, hashed: str, region: str) -> None:
    assert called_service(f"{tag}{name}-{hashed}-{region}.a.run.app") == name


@pytest.mark.parametrize(
    "host",
    [
        "",
        "run.app",
        "worker.example.com",
        "worker-1.europe-west1.run.app.evil.example",
        "a" * 300 + "-1.x.run.app",
    ],
)
def test_another_address_tells_none(host: str) -> None:
    assert called_service(host) is None


@given(st.text())
def test_no_text_is_too_odd_to_be_taken_apart(text: str) -> None:
    found = parts(text)
    assert isinstance(found.hostname or "", str)
    assert isinstance(found.query, str)
