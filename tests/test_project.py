"""The project's own promises: what is shipped, what is pinned, what its first pages say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from itertools import chain, pairwise
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from bot import __version__

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
SHIPPED = ("bot", "adapters", "policies")
PAGES = sorted(chain(ROOT.glob("*.md"), *(ROOT.glob(f"{room}/**/*.md") for room in ("docs", "examples", "training"))))

LIST_WHAT_THE_WHEEL_HOLDS = """
import sys
from setuptools.dist import Distribution
project = Distribution({"script_name": "setup.py"})
project.parse_config_files()
project.set_defaults()
project.get_command_obj("egg_info").egg_base = sys.argv[1]
build = project.get_command_obj("build_py")
build.ensure_finalized()
build.build_lib = "wheel"
print(*build.get_outputs(include_bytecode=False), sep="\\n")
"""


def pins(name: str) -> dict[str, set[Version]]:
    """Return the pinned versions of each package (one for each range of Pythons); every pin has digests."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    pinned: dict[str, set[Version]] = {}
    for block in re.split(r"\n(?=\S)", text.strip()):
        line, *digests = (part.strip().rstrip("\\").strip() for part in block.splitlines())
        assert digests, f"{line} has no digest"
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", digest) for digest in digests)
        requirement = Requirement(line)
        (specifier,) = requirement.specifier
        assert specifier.operator == "=="
        pinned.setdefault(requirement.name.lower(), set()).add(Version(specifier.version))
    return pinned


def needed(*extras: str) -> list[Requirement]:
    """Return what pyproject.toml asks for, by itself and with `extras`."""
    project = PROJECT["project"]
    lines = chain(project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras))
    return [Requirement(line) for line in lines]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):(?!=)", MAKEFILE, re.MULTILINE))


def test_the_wheel_holds_everything_that_runs_and_nothing_else(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LIST_WHAT_THE_WHEEL_HOLDS, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    lines = [line for line in run.stdout.splitlines() if line.startswith("wheel")]
    held = {Path(line).relative_to("wheel").as_posix() for line in lines}
    tree = {
        path.relative_to(ROOT).as_posix()
        for room in SHIPPED
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == tree
    assert {"bot/py.typed", "bot/screening/toxicity/weights/manifest.json", "policies/lausd/pack.yaml"} <= held
    assert any(path.startswith("bot/store/migrations/versions/") for path in held)


@pytest.mark.parametrize(
    ("name", "extras"), [("runtime", ["postgres"]), ("dev", ["dev"]), ("detoxify", ["detoxify"])]
)  # fmt: skip
def test_every_dependency_is_pinned_within_its_range(name: str, extras: list[str]) -> None:
    pinned = pins(name)
    for requirement in needed(*extras):
        if requirement.name == "torch":  # installed by itself, see requirements/README.md
            assert requirement.specifier.contains(re.findall(r"^TORCH := (.+)$", MAKEFILE, re.MULTILINE)[0])
            continue
        name_of_it = canonicalize_name(requirement.name)
        assert pinned.get(name_of_it), f"{requirement.name} is not pinned: make requirements"
        for version in pinned[name_of_it]:
            assert requirement.specifier.contains(version), f"{requirement.name} {version}: make requirements"


def test_what_is_tested_is_what_runs() -> None:
    dev = pins("dev")
    for name in ("runtime", "build", "detoxify"):
        differ = {package for package, versions in pins(name).items() if dev.get(package, versions) != versions}
        assert differ == set()


def test_what_builds_the_program_is_pinned() -> None:
    for line in PROJECT["build-system"]["requires"]:
        requirement = Requirement(line)
        assert all(requirement.specifier.contains(version) for version in pins("build")[requirement.name])


@pytest.mark.parametrize("path", ["Makefile", "Dockerfile", ".ci/run", "requirements"])
def test_no_address_and_no_registry_is_named(path: str) -> None:
    place = ROOT / path
    for file in place.iterdir() if place.is_dir() else [place]:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"://|--(?:extra-)?index-url|--find-links|--trusted-host", text), file.name
        assert not re.search(r"\b[a-z0-9-]+\.(?:org|com|net|io|dev)\b", text), file.name


def test_every_target_explains_itself() -> None:
    told = subprocess.run(
        ["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    ).stdout  # fmt: skip
    assert {line.split()[0] for line in told.splitlines()} == targets()
    assert all(len(line.split()) > 2 and len(line) <= 120 for line in told.splitlines())
    (phony,) = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert set(phony.split()) == targets()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pages_name_only_what_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)\s#]+)", text) if ":" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []
    assert set(re.findall(r"(?:^|`)make ([a-z][a-z-]+)", text, re.MULTILINE)) <= targets()


def test_the_changelog_keeps_its_form() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first, *released = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert first == "[Unreleased]"
    parts = [re.fullmatch(r"\[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})", heading) for heading in released]
    done = [(Version(part[1]), part[2]) for part in parts if part]
    assert len(done) == len(released)
    assert all(newer[0] > older[0] and newer[1] >= older[1] for newer, older in pairwise(done))
    assert all(version <= Version(__version__) for version, _ in done)
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= {
        "Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"
    }  # fmt: skip


def test_one_range_of_pythons_everywhere() -> None:
    classified = [c.rpartition(" ")[2] for c in PROJECT["project"]["classifiers"] if "Python :: 3." in c]
    oldest = min(classified, key=Version)
    assert PROJECT["project"]["requires-python"] == f">={oldest}"
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{oldest.replace('.', '')}"
    assert f"version_info < ({oldest.replace('.', ', ')})" in MAKEFILE
    assert f"--python-version {oldest} " in MAKEFILE
    images = re.findall(r"^FROM python:([\d.]+)-slim", DOCKERFILE, re.MULTILINE)
    assert len(set(images)) == 1
    assert images[0] in classified


def test_the_image_gets_what_it_copies() -> None:
    let_through = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copies = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    wanted = list(chain.from_iterable(copy.split() for copy in copies))
    assert wanted
    assert all((ROOT / path).exists() for path in wanted)
    assert {f"!{path.rstrip('/')}" for path in wanted} == {line for line in let_through if line.startswith("!")}


def test_the_model_tells_nobody_that_it_runs(tmp_path: Path) -> None:
    """Telemetry of onnxruntime shows in a device id and a database of events under the home folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ORT_", "XDG_"))}
    subprocess.run(
        [sys.executable, "-B", "-c", "import bot.screening.toxicity.embedded"],
        cwd=ROOT, env={**environment, "HOME": str(tmp_path)}, check=True, timeout=60,
    )  # fmt: skip
    assert list(tmp_path.rglob("*")) == []


def test_ci_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
