"""Small Pulumi projects that tests write."""

from __future__ import annotations

from pathlib import Path


def write(folder: Path, program: str, settings: str = "config: {}\n") -> Path:
    """A project `demo` in `folder` with the stack `dev`; `program` follows `import pulumi`."""
    (folder / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text(settings)
    (folder / "__main__.py").write_text("import pulumi\n" + program)
    return folder
