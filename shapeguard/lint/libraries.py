"""Which projects use a tensor library, as their text tells: what imports none has nothing to examine.

A project is the tree of :func:`~shapeguard.lint.roots.project_root`. That one file of it imports such a
library is enough, for a tensor may then be anywhere in it.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final

from shapeguard.lint.installed import other_models
from shapeguard.lint.roots import project_root, python_files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

DESCRIBED: Final = frozenset(
    {"adapters", "einops", "numpy", "torch", "torchvision", "transformers"}
)
"""The libraries that the built-in op models describe; said here, for the models take long to load."""

HANDING_OUT: Final = frozenset(
    {
        *("accelerate", "cupy", "datasets", "deepspeed", "diffusers", "equinox", "fastai", "flax"),
        *("functorch", "gpytorch", "haiku", "jax", "jaxtyping", "keras", "kornia", "lightning"),
        *("mlx", "monai", "mxnet", "onnxruntime", "optax", "paddle", "peft", "pyro"),
        *("pytorch_lightning", "safetensors", "sentence_transformers", "skorch", "tensordict"),
        *("tensorflow", "tf_keras", "timm", "tinygrad", "triton", "vllm", "xformers"),
    }
)
"""Libraries that no model describes, and whose results or arguments are tensors or arrays."""

_NO_LIBRARIES: Final = frozenset({"", "pytest", "typing_extensions", *sys.stdlib_module_names})
"""What models begin with besides: methods of tensors, and what says how a function ends."""


def described(models: Iterable[str]) -> frozenset[str]:
    """Return the libraries that op models of these names describe."""
    return frozenset(name.partition(".")[0] for name in models) - _NO_LIBRARIES


def without_tensors(targets: Iterable[Path], given: Mapping[Path, bytes]) -> dict[Path, Path]:
    """Return the files whose project uses no tensor library, each with the root of its project.

    ``given`` are the bytes of files that are not read from disk, targets or not. What cannot be read
    imports nothing.
    """
    names = DESCRIBED | HANDING_OUT | other_libraries()
    below: dict[Path, list[Path]] = {}
    roots: dict[Path, Path] = {}
    for path in [*targets, *given]:
        directory = path.parent
        if directory not in roots:
            roots[directory] = project_root(path)
        below.setdefault(roots[directory], []).append(path)
    found: dict[Path, Path] = {}
    for root, paths in below.items():
        contents = _contents(root, paths, given, set())
        if not any(mentions(data, names) for data in contents):
            found |= dict.fromkeys(paths, root)
    return found


def _contents(
    root: Path, paths: Iterable[Path], given: Mapping[Path, bytes], seen: set[Path]
) -> Iterator[bytes]:
    """Yield the texts of a project, those of ``paths`` first; each file once."""
    for some in (paths, python_files(root)):
        for path in some:
            if path in seen:
                continue
            seen.add(path)
            try:
                if path in given:
                    yield given[path]
                elif path.is_file():  # a named pipe waits for a writer
                    yield path.read_bytes()
            except OSError:
                continue


def other_libraries() -> frozenset[str]:
    """Return what all packs describe if there are any besides the built-in one, which are loaded then."""
    if not other_models():
        return frozenset()
    from shapeguard.lint.packs import load_models, told_facts  # noqa: PLC0415 - most have no other

    told = told_facts()
    return described(load_models()) if told is None else told.libraries


def mentions(data: bytes, names: Collection[str]) -> bool:
    """Say whether source text imports one of these libraries, or may do so by its name in quotes.

    An import that stands in a comment or in a string counts as well.
    """
    known = {name.encode() for name in names}

    def counts(name: bytes) -> bool:
        return name in known or name.startswith((b"torch", b"pytorch"))

    return (
        any(counts(found[1]) for found in _FROM.finditer(data))
        or any(map(counts, _imported(data)))
        or any(counts(name) for line in _LINE.finditer(data) for name in _QUOTED.findall(line[0]))
    )


_FAR: Final = 200
"""How many bytes of a line are looked at, so that a very long one is no trap."""

# Each begins with a literal, by which ``re`` is some ten times as fast as by a choice.
_FROM: Final = re.compile(rb"from(?:[ \t\f]|\\\r?\n)+(\w+)(?:\.\w+)*(?:[ \t\f]|\\\r?\n)+import\b")
_IMPORT: Final = re.compile(rb"import[ \t\f\\]([^\r\n\\;]*(?:\\\r?\n[^\r\n\\;]*)*)")
_NAME: Final = re.compile(rb"\s*(\w+)")
_LINE: Final = re.compile(rb"import[^\r\n\"']{0,200}[\"'][^\r\n]{0,200}")
_QUOTED: Final = re.compile(rb"[\"'](\w+)[\"'.]")


def _imported(data: bytes) -> Iterator[bytes]:
    """Yield the names after ``import`` where no ``from`` stands before it."""
    for found in _IMPORT.finditer(data):
        names = [_NAME.match(each) for each in found[1].replace(b"\\", b" ").split(b",")]
        if b"from" not in _before(data, found.start()):
            yield from (name[1] for name in names if name is not None)


def _before(data: bytes, position: int) -> list[bytes]:
    """Return the words that stand before a position in its statement, if that is one line."""
    first = max(0, position - _FAR)
    start = max(data.rfind(end, first, position) for end in (b"\n", b"\r", b";"))
    return data[max(start + 1, first) : position].split()
