"""Pins the base of the bundled app's image: asks the registry what its tag means now, and writes the digest into
the stack files (`<project>:baseImage`), where `up` reads it.

`python -m release.base_image [IMAGE] [--check]`. Only what anybody may pull can be resolved: it has no passwords.
A base from a private registry is written into the stack file by hand, with its digest.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from functools import cache
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

import yaml

from components.errors import VoicestackError
from components.service.base_image import BASE_IMAGE

PLATFORM = "linux/amd64"
"""Cloud Run's only one: https://cloud.google.com/run/docs/container-contract#languages"""
MANIFESTS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
PATIENCE_S = 20
LARGEST = 4 << 20
"""Bytes of a manifest, which registries need not take larger:
https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests"""
HUB = "registry-1.docker.io"
REFERENCE = re.compile(
    r"(?P<path>(?:[a-z0-9.-]+:\d+/)?[a-z0-9]+(?:(?:[./]|__?|-+)[a-z0-9]+)*)(?::(?P<tag>\w[\w.-]{0,127}))?(?:@sha256:[0-9a-f]{64})?",
    re.ASCII,
)


class BaseImageError(VoicestackError):
    """The base image cannot be pinned."""


@dataclass(frozen=True)
class Image:
    """A tag in a repository of a registry. `name` is how it was written, without a digest."""

    name: str
    registry: str
    repository: str
    tag: str

    @classmethod
    def of(cls, text: str) -> Image:
        """Reads `[registry/]repository:tag`, as Docker does: without a registry it is Docker Hub's."""
        found = REFERENCE.fullmatch(text)
        if not found or not found["tag"]:
            raise BaseImageError(
                f"the base image is '{text}'",
                why="only a tag can be resolved to what it means now",
                fix=f"name it with its tag, such as {BASE_IMAGE}",
            )
        first, _, rest = found["path"].partition("/")
        if rest and ("." in first or ":" in first or first == "localhost"):
            registry, repository = first, rest
        else:
            registry, repository = HUB, found["path"] if rest else f"library/{first}"
        return cls(text.partition("@")[0], registry, repository, found["tag"])


@dataclass
class Registry:
    """One repository, by the HTTP API of registries."""

    image: Image
    _token: str | None = None
    _opener: OpenerDirector = field(init=False)

    def __post_init__(self) -> None:
        host = urlsplit(f"//{self.image.registry}").hostname
        self._loopback = host in ("localhost", "127.0.0.1")
        # As Docker does: plain HTTP is for a registry on this machine only, which no proxy can reach.
        self._scheme = "http" if self._loopback else "https"
        self._opener = build_opener(ProxyHandler({})) if self._loopback else build_opener()

    def digest(self) -> str:
        """The digest that the tag stands for now, once it is known to run on PLATFORM."""
        body, headers = self._fetch(f"manifests/{self.image.tag}")
        digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
        if headers.get("docker-content-digest", digest) != digest:
            raise self._failed("what arrived is not what its digest says", "try again; mind who is in between")
        try:
            platforms = self._platforms(self._read(body))
        except (KeyError, TypeError, AttributeError):
            raise self._failed("what it answered is no manifest", "check the name of the registry") from None
        if PLATFORM not in platforms:
            there = ", ".join(sorted(platforms)) or "nothing that runs"
            raise self._failed(f"there is {there}, but not {PLATFORM}", f"choose a base that has {PLATFORM}")
        return digest

    def _platforms(self, manifest: Mapping[str, Any]) -> set[str]:
        if "manifests" in manifest:
            of_each = [entry.get("platform", {}) for entry in manifest["manifests"]]
        else:
            of_each = [self._read(self._fetch(f"blobs/{manifest['config']['digest']}")[0])]
        given = {f"{one.get('os')}/{one.get('architecture')}" for one in of_each}
        return given - {"unknown/unknown", "None/None"}  # attestations

    def _fetch(self, what: str) -> tuple[bytes, Message]:
        url = f"{self._scheme}://{self.image.registry}/v2/{self.image.repository}/{what}"
        try:
            return self._get(url)
        except HTTPError as error:
            if error.code != 401 or self._token:  # noqa: PLR2004
                raise self._refused(error) from None
            challenge = error.headers.get("www-authenticate", "")
        try:
            self._token = self._sign_in(challenge)
            return self._get(url)
        except HTTPError as error:
            raise self._refused(error) from None

    def _sign_in(self, challenge: str) -> str:
        """A token for anybody: https://distribution.github.io/distribution/spec/auth/token/"""
        told = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        realm = told.pop("realm", "")
        if not challenge.lower().startswith("bearer ") or urlsplit(realm).scheme not in ("https", self._scheme):
            raise self._failed("it asks for a password", _BY_HAND)
        answer = self._read(self._get(f"{realm}?{urlencode(told)}")[0])
        return str(answer.get("token") or answer.get("access_token"))

    def _get(self, url: str) -> tuple[bytes, Message]:
        request = Request(url, headers={"Accept": ", ".join((*MANIFESTS, "*/*"))})  # noqa: S310  # http(s) by us
        if self._token:
            # Not for whom the registry redirects to: a store of its own, which wants no second password.
            request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        try:
            with self._opener.open(request, timeout=PATIENCE_S) as answer:
                body = answer.read(LARGEST + 1)
                headers: Message = answer.headers
        except HTTPError:
            raise
        except (URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise self._failed(f"it does not answer ({reason})", "check the name and the network") from None
        if len(body) > LARGEST:
            raise self._failed(f"it answered more than {LARGEST} bytes", "check the name of the registry")
        return body, headers

    def _read(self, body: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(body)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise self._failed("it did not answer as a registry does", "check the name of the registry")
        return answer

    def _refused(self, error: HTTPError) -> BaseImageError:
        match error.code:
            case 404:
                return self._failed("it has no such image or tag", "check the name and the tag")
            case 401 | 403:
                return self._failed("it gives this image to some only, or has none of this name", _BY_HAND)
            case 429:
                return self._failed("it has been asked too often from this address", "try again in an hour")
        return self._failed(f"it answered {error.code}", "try again later")

    def _failed(self, why: str, fix: str) -> BaseImageError:
        return BaseImageError(f"{self.image.name} cannot be resolved at {self.image.registry}", why=why, fix=fix)


_BY_HAND = "check the name; what is private, write into the stack file by hand, with its digest"


@cache
def resolved(name: str) -> str:
    """`name` with the digest that its tag stands for now."""
    image = Image.of(name)
    return f"{image.name}@{Registry(image).digest()}"


@dataclass(frozen=True)
class StackFile:
    """A stack's settings, and the key that names the base in it."""

    path: Path
    key: str

    @property
    def base(self) -> str | None:
        """What it names now."""
        return self._config(self.path.read_text(encoding="utf-8")).get(self.key)

    def write(self, base: str) -> None:
        """Makes it name `base`; every other character stays."""
        text = self.path.read_text(encoding="utf-8")
        own = re.compile(rf"^(\s+['\"]?{re.escape(self.key)}['\"]?:[ \t]*)[^#\n]*?([ \t]*#.*)?$", re.MULTILINE)
        changed, count = own.subn(lambda line: f"{line[1].rstrip()} {base}{line[2] or ''}", text)
        if not count:
            changed = re.sub(r"^config:[ \t]*(#.*)?$", rf"\g<0>\n  {self.key}: {base}", text, flags=re.MULTILINE)
        if self._config(changed) != {**self._config(text), self.key: base}:
            raise BaseImageError(
                f"{self.path} cannot be changed",
                why="its `config:` is not written as one key a line, two spaces in",
                fix=f"write it so, or put in by hand: `{self.key}: {base}`",
            )
        self.path.write_text(changed, encoding="utf-8")

    def _config(self, text: str) -> dict[str, Any]:
        try:
            return dict(yaml.safe_load(text)["config"])
        except (yaml.YAMLError, TypeError, KeyError, ValueError):
            return {}


def stack_files(root: Path) -> Iterator[StackFile]:
    """Those of the project in `root` and of each system in its folder `stacks`."""
    for project in (root / "Pulumi.yaml", *sorted(root.glob("stacks/*/Pulumi.yaml"))):
        if project.is_file():
            name = yaml.safe_load(project.read_text(encoding="utf-8"))["name"]
            for path in sorted(project.parent.glob("Pulumi.*.yaml")):
                yield StackFile(path, f"{name}:baseImage")


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: pinned, or with --check: still the same; 1: not; 2: it could not be told."""
    parser = argparse.ArgumentParser(prog="python -m release.base_image", description="Pins the app's base image.")
    parser.add_argument("image", nargs="?", help="the base, with its tag; without it, what each file names now")
    parser.add_argument("--check", action="store_true", help="write nothing; tell what is not pinned or has moved")
    parser.add_argument("--root", type=Path, default=Path(), help="the folder of Pulumi.yaml")
    given = parser.parse_args(arguments)
    files = list(stack_files(given.root))
    if not files:
        sys.stderr.write(f"there is no stack file in {given.root.resolve()}\n")
        return 2
    behind = False
    try:
        for file in files:
            before, now = file.base, resolved(given.image or file.base or BASE_IMAGE)
            if before != now and not given.check:
                file.write(now)
            behind |= before != now
            said = "is" if before == now else "should be" if given.check else "is now"
            sys.stdout.write(f"{file.path.name}: {said} {now}\n")
    except BaseImageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return int(behind and given.check)


if __name__ == "__main__":
    sys.exit(main())
