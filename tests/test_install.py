"""What ``pip install`` brings: a wheel that holds everything and runs from any folder."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

import hotline_sim
from hotline_sim import scenario

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = (".*", "build", "dist", "*.egg-info", "__pycache__", "notebooks", "tests", "docs")


def called(*command, cwd, **environment):
    """Return what a command prints, having ended well."""
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env={**inherited, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **environment},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this tree, built from a copy of it."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, folder / "tree", ignore=shutil.ignore_patterns(*LEFT_OUT))
    options = ("--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir", folder)
    called(sys.executable, "-m", "pip", "wheel", *options, folder / "tree", cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A fresh environment with the wheel, which borrows the dependencies of this one."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(folder, symlinks=os.name == "posix")
    paths = {"base": str(folder), "platbase": str(folder)}
    scripts, packages = (Path(sysconfig.get_path(p, "venv", paths)) for p in ("scripts", "purelib"))
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    options = ("--no-deps", "--no-index", "--quiet")
    python = scripts / f"python{sysconfig.get_config_var('EXE') or ''}"
    pip = (sys.executable, "-m", "pip", "--python", python, "install")
    called(*pip, *options, wheel, cwd=folder)
    return scripts


def test_the_wheel_holds_everything_the_commands_need_and_no_tests(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    package = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "hotline_sim").rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".nbi", ".nbc")
    }
    shipped = (*ROOT.glob("scenarios/*.*"), *ROOT.glob("scenarios/sets/*.json"))
    scenarios = {f"hotline_sim/{path.relative_to(ROOT)}" for path in shipped}
    about = {name for name in names if ".dist-info/" in name}
    assert names - about == package | scenarios
    for suffix in ("py.typed", "zh.toml", "starter/en.toml", ".otf", "OFL.txt", "sources.toml"):
        assert any(name.endswith(suffix) for name in names), suffix
    licenses = {Path(name).name for name in about if "/licenses/" in name}
    assert licenses == {"LICENSE", "OFL.txt"}


def test_the_installed_command_runs_from_any_folder(installed, tmp_path):
    where = called(
        installed / "python", "-c", "import hotline_sim; print(hotline_sim.__file__)", cwd=tmp_path
    )
    assert Path(where.strip()).is_relative_to(installed.parent)
    listed = json.loads(called(installed / "hotline-sim", "list", "--json", cwd=tmp_path))
    assert [row["name"] for row in listed] == list(scenario.catalogue())
    run = called(
        *(installed / "hotline-sim", "run", "first-day", "--replications", "2", "--json"),
        cwd=tmp_path,
    )
    assert json.loads(run)["version"] == hotline_sim.__version__
    assert list(tmp_path.iterdir()) == []


def test_modules_import_downward_only():
    lint_imports = Path(sysconfig.get_path("scripts")) / "lint-imports"
    called(lint_imports, "--no-cache", cwd=ROOT)
