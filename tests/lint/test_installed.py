"""Whether op models besides the built-in ones are installed, as directories tell."""

from __future__ import annotations

import sys
import zipfile
from importlib.machinery import PathFinder
from importlib.metadata import MetadataPathFinder

import pytest

from shapeguard.lint.installed import other_models
from shapeguard.lint.libraries import other_libraries
from shapeguard.lint.packs import forget

PACK = "from shapeguard.lint.api import vocabulary\n\nMODELS = (vocabulary.Keeps('own.same'),)\n"


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    # Another test may have loaded the backport of importlib.metadata, which takes its place.
    usual = [each for each in sys.meta_path if each.__module__ != "importlib_metadata"]
    monkeypatch.setattr(sys, "meta_path", usual)
    finds = staticmethod(MetadataPathFinder.find_distributions)
    monkeypatch.setattr(PathFinder, "find_distributions", finds, raising=False)
    forget()
    yield tmp_path
    forget()
    sys.modules.pop("own_pack", None)  # other tests have packs of this name


def install(place, entries, name="own_pack-1.0.dist-info"):
    info = place / name
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own-pack\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(entries, "utf-8")
    forget()


def test_there_are_none_here(place):
    assert not other_models()
    assert other_libraries() == frozenset()


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ("[shapeguard.models]\nown = own_pack:MODELS\n", True),
        ("[console_scripts]\na = b:c\n\n[shapeguard.models]\nown=own_pack:MODELS\n", True),
        ("[shapeguard.models]\nbuiltin = shapeguard.lint.flow.models:MODELS\n", False),
        ("[shapeguard.rules]\nown = own_pack:RULES\n", False),
        ("[shapeguard.models]\n\n[shapeguard.rules]\nown = own_pack:RULES\n", False),
        ("[other]\nown = own_pack:MODELS\n", False),
    ],
)
@pytest.mark.parametrize("name", ["own_pack-1.0.dist-info", "own_pack.egg-info"])
def test_a_distribution_declares_models(place, entries, expected, name):
    install(place, entries, name)
    assert other_models() is expected


def test_the_libraries_of_its_models_count(place):
    (place / "own_pack.py").write_text(PACK, "utf-8")
    install(place, "[shapeguard.models]\nown = own_pack:MODELS\n")
    assert {"own", "torch"} <= other_libraries()


def test_where_it_cannot_be_told_there_may_be_some(place, monkeypatch):
    with zipfile.ZipFile(place / "packed.zip", "w") as archive:
        archive.writestr("a.py", "")
    monkeypatch.syspath_prepend(place / "packed.zip")
    forget()
    assert other_models()
    assert other_libraries() >= {"torch"}
