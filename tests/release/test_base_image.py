"""The base image is pinned by what its registry really says."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from components.service.base_image import BASE_IMAGE
from release.base_image import HUB, BaseImageError, Image, StackFile, main, resolved
from tests.http_server import Handler, Server, running

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
ROOT = Path(__file__).parents[2]


def digest(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def index(*platforms: str) -> bytes:
    """The index of an image for `platforms`, with an attestation as BuildKit adds it."""
    parts = [one.split("/") for one in (*platforms, "unknown/unknown")]
    manifests = [{"digest": digest(b""), "platform": {"os": os, "architecture": cpu}} for os, cpu in parts]
    return json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}).encode()


@dataclass
class Fake:
    """A registry on loopback: what it holds, how it behaves, what it was asked."""

    address: str
    content: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    password: bool = False
    token: str | None = None
    status: int | None = None
    wrong_digest: bool = False
    seen: list[tuple[str, str | None]] = field(default_factory=list)

    def name(self, tag: str = "1") -> str:
        return f"{self.address}/team/base:{tag}"

    def tag(self, tag: str, body: bytes, media_type: str = INDEX) -> None:
        self.content[f"/v2/team/base/manifests/{tag}"] = (media_type, body)

    def answer(  # noqa: PLR0911  # one line for each thing that a registry does
        self, path: str, token: str | None
    ) -> tuple[int, dict[str, str], bytes]:
        self.seen.append((path, token))
        if self.status:
            return self.status, {}, b"{}"
        if path.startswith("/token?"):
            assert path == "/token?service=registry&scope=repository%3Ateam%2Fbase%3Apull"
            return 200, {}, json.dumps({"token": self.token}).encode()
        if path.startswith("/store/"):
            assert token is None, "the store of the registry is given the token"
            return 200, {}, self.content[path][1]
        if self.password:
            return 401, {"www-authenticate": 'Basic realm="registry"'}, b"{}"
        if self.token and token != f"Bearer {self.token}":
            scope = "repository:team/base:pull"
            challenge = f'Bearer realm="http://{self.address}/token",service="registry",scope="{scope}"'
            return 401, {"www-authenticate": challenge}, b"{}"
        if path not in self.content:
            return 404, {}, b"{}"
        media_type, body = self.content[path]
        if "/blobs/" in path:
            return 307, {"location": f"/store/{path.rsplit('/', 1)[1]}"}, b""
        shown = digest(b"another") if self.wrong_digest else digest(body)
        return 200, {"content-type": media_type, "docker-content-digest": shown}, body


@contextmanager
def serving() -> Iterator[Fake]:
    class Answering(Handler):
        def respond(self) -> None:
            self.send(*fake.answer(self.path, self.headers.get("authorization")))

    with running(Server(Answering)) as server:
        fake = Fake(server.address)
        yield fake


@pytest.fixture
def registry() -> Iterator[Fake]:
    with serving() as fake:
        yield fake


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: voice\n")
    (tmp_path / "Pulumi.staging.yaml").write_text(
        "# whose it is\nconfig:\n  voice:region: r1  # near\n  voice:key:\n    secure: v1:abc\n"
    )
    (tmp_path / "Pulumi.prod.yaml").write_text('config:\n  voice:baseImage: "old:1"  # by the platform team\n')
    return tmp_path


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag"),
    [
        ("python:3.12-slim", HUB, "library/python", "3.12-slim"),
        ("bitnami/python:3", HUB, "bitnami/python", "3"),
        ("gcr.io/distroless/python3-debian13:nonroot", "gcr.io", "distroless/python3-debian13", "nonroot"),
        ("europe-docker.pkg.dev/p/r/i:1.2_3", "europe-docker.pkg.dev", "p/r/i", "1.2_3"),
        ("localhost:5000/base:1", "localhost:5000", "base", "1"),
        (f"python:3.12-slim@{digest(b'')}", HUB, "library/python", "3.12-slim"),
    ],
)
def test_a_base_is_read_as_docker_reads_it(text: str, registry: str, repository: str, tag: str) -> None:
    image = Image.of(text)
    assert (image.registry, image.repository, image.tag) == (registry, repository, tag)
    assert image.name == text.partition("@")[0]


@pytest.mark.parametrize(
    "text",
    ["", "python", "Python:3", "python:", "python:3 ", f"python@{digest(b'')}", "../x:1", "https://x.io/a:1"],
)
def test_what_names_no_tag_is_refused(text: str) -> None:
    with pytest.raises(BaseImageError, match=re.escape(f"the base image is '{text}'")):
        Image.of(text)


def test_a_tag_of_several_platforms_becomes_the_digest_of_its_index(registry: Fake) -> None:
    body = index("linux/arm64", "linux/amd64")
    registry.tag("1", body)
    assert resolved(registry.name()) == f"{registry.name()}@{digest(body)}"


def test_a_tag_of_one_platform_is_known_by_its_config_which_a_store_elsewhere_may_hold(registry: Fake) -> None:
    registry.token = "for anybody"
    config = json.dumps({"os": "linux", "architecture": "amd64"}).encode()
    body = json.dumps({"mediaType": MANIFEST, "config": {"digest": digest(config)}}).encode()
    registry.tag("1", body, MANIFEST)
    registry.content[f"/v2/team/base/blobs/{digest(config)}"] = ("", b"")
    registry.content[f"/store/{digest(config)}"] = ("", config)
    assert resolved(registry.name()).endswith(digest(body))
    assert registry.seen[-1] == (f"/store/{digest(config)}", None)


def test_a_registry_that_wants_a_token_from_anybody_gets_one(registry: Fake) -> None:
    registry.token = "for anybody"
    registry.tag("1", index("linux/amd64"))
    resolved(registry.name())
    assert [token for _, token in registry.seen] == [None, None, "Bearer for anybody"]


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        ({"password": True}, "asks for a password"),
        ({"status": 401}, "asks for a password"),
        ({"status": 403}, "gives this image to some only"),
        ({"status": 404}, "has no such image or tag"),
        ({"status": 429}, "asked too often"),
        ({"status": 503}, "answered 503"),
        ({"status": 200}, "nothing that runs"),
        ({"wrong_digest": True}, "not what its digest says"),
    ],
)
def test_a_registry_that_does_not_give_is_told_in_words(
    registry: Fake, behaviour: dict[str, Any], why: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.tag("1", index("linux/amd64"))
    for name, value in behaviour.items():
        setattr(registry, name, value)
    if behaviour == {"status": 200}:
        registry.status, registry.content = None, {}
        registry.tag("1", index())
    before = {path: path.read_text() for path in project.iterdir()}
    assert main([registry.name(), "--root", str(project)]) == 2
    told = capsys.readouterr().err
    assert why in told
    assert "fix:" in told
    assert {path: path.read_text() for path in project.iterdir()} == before


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"manifests": 3}', b'{"config": null}', b"\xff"])
def test_what_is_no_manifest_is_no_base(registry: Fake, body: bytes) -> None:
    registry.tag("1", body)
    with pytest.raises(BaseImageError, match="cannot be resolved") as raised:
        resolved(registry.name())
    assert "check the name of the registry" in str(raised.value)


def test_a_base_that_does_not_run_on_cloud_run_is_refused(registry: Fake) -> None:
    registry.tag("1", index("linux/arm64", "windows/amd64"))
    with pytest.raises(BaseImageError) as raised:
        resolved(registry.name())
    assert "there is linux/arm64, windows/amd64, but not linux/amd64" in str(raised.value)


def test_a_registry_that_is_not_there_is_told_and_nothing_is_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving() as fake:
        gone = fake.name()
    assert main([gone, "--root", str(project)]) == 2
    assert "does not answer" in capsys.readouterr().err


def test_every_stack_file_gets_the_digest_and_keeps_every_other_character(
    registry: Fake, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = index("linux/amd64")
    registry.tag("1", body)
    pinned = f"{registry.name()}@{digest(body)}"
    assert main([registry.name(), "--root", str(project)]) == 0
    assert (project / "Pulumi.staging.yaml").read_text() == (
        f"# whose it is\nconfig:\n  voice:baseImage: {pinned}\n"
        "  voice:region: r1  # near\n  voice:key:\n    secure: v1:abc\n"
    )
    assert (project / "Pulumi.prod.yaml").read_text() == (
        f"config:\n  voice:baseImage: {pinned}  # by the platform team\n"
    )
    assert capsys.readouterr().out.count("is now") == 2
    assert main(["--root", str(project)]) == 0
    assert capsys.readouterr().out.count(f": is {pinned}") == 2


def test_the_check_tells_what_is_not_pinned_and_what_has_moved_and_writes_nothing(
    registry: Fake, project: Path
) -> None:
    registry.tag("1", index("linux/amd64"))
    before = (project / "Pulumi.prod.yaml").read_text()
    assert main([registry.name(), "--check", "--root", str(project)]) == 1
    assert (project / "Pulumi.prod.yaml").read_text() == before
    main([registry.name(), "--root", str(project)])
    assert main(["--check", "--root", str(project)]) == 0
    resolved.cache_clear()
    registry.tag("1", index("linux/amd64", "linux/arm64"))
    assert main(["--check", "--root", str(project)]) == 1


@pytest.mark.parametrize(
    "text", ["config: {voice:region: r1}\n", "", "config:\n  voice:baseImage:\n    secure: v1:x\n"]
)
def test_a_stack_file_that_is_written_otherwise_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(text)
    with pytest.raises(BaseImageError, match="cannot be changed"):
        StackFile(path, "voice:baseImage").write("base:1")
    assert path.read_text() == text


def test_the_systems_in_the_folder_stacks_are_pinned_too(registry: Fake, project: Path) -> None:
    registry.tag("1", index("linux/amd64"))
    other = project / "stacks" / "other"
    other.mkdir(parents=True)
    (other / "Pulumi.yaml").write_text("name: other\n")
    (other / "Pulumi.dev.yaml").write_text("config:\n  other:region: r1\n")
    assert main([registry.name(), "--root", str(project)]) == 0
    assert "other:baseImage: 127.0.0.1" in (other / "Pulumi.dev.yaml").read_text()


def test_the_dockerfile_and_the_stacks_name_the_same_base() -> None:
    assert f"ARG BASE_IMAGE={BASE_IMAGE}\n" in (ROOT / "app" / "Dockerfile").read_text()
