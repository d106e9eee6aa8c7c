"""Which projects use a tensor library, as their text tells: what imports none has nothing to examine.

A project is the tree of :func:`~shapeguard.lint.roots.project_root`. That one file of it imports such a
library is enough, for a tensor may then be anywhere in it.
"""

from __future__ import annotations

import re
import sys
from functools import cache
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

_BLANK: Final = rb"(?:[ \t\f]|\\\r?\n)"


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
    imports, froms, quoted = _patterns(frozenset(names))
    if froms.search(data) or quoted.search(data):
        return True
    return any(b"from" not in _before(data, found.start()) for found in imports.finditer(data))


def _before(data: bytes, position: int) -> list[bytes]:
    """Return the words that stand before a position in its statement, if that is one line."""
    start = max(data.rfind(end, 0, position) for end in (b"\n", b"\r", b";"))
    return data[start + 1 : position].split()


@cache
def _patterns(names: frozenset[str]) -> tuple[re.Pattern[bytes], ...]:
    """Return what finds ``import a, torch``, ``from torch``, and ``import_module("torch")``.

    Each begins with a literal, by which ``re`` is some ten times as fast as by a choice. What is in quotes
    stands close behind the word, so that a very long line is no trap.
    """
    each = b"|".join(re.escape(name.encode()) for name in sorted(names))
    name = rb"(?:(?:py)?torch\w*|" + each + rb")\b"
    others = rb"(?:[\w.]+(?:%s+as%s+\w+)?%s*,%s*)*" % (_BLANK, _BLANK, _BLANK, _BLANK)
    return (
        re.compile(rb"import%s+%s%s" % (_BLANK, others, name)),
        re.compile(rb"from%s+%s(?:\.\w+)*%s+import\b" % (_BLANK, name, _BLANK)),
        re.compile(rb"import[^\n]{0,200}[\"']" + name + rb"[\"'.]"),
    )
