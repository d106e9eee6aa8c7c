"""What ends a path: functions that never return, and assertions that are called.

The methods are those of an object that is known by its name alone: who calls ``parser.error`` means
``argparse``, and a method of ``self`` that the project does not define is that of a test case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapeguard.lint.flow.models.vocabulary import Checks, Leaves

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapeguard.lint.flow.models.vocabulary import Model

_PARSER = "argparse.ArgumentParser"
_CASE = "unittest.TestCase"

CALLED: Mapping[str, str] = {"parser": _PARSER, "self": _CASE}
"""What an object is whose name ends so."""

_LEAVE = (
    "builtins.exit",
    "builtins.quit",
    "sys.exit",
    "os._exit",
    "os.abort",
    "os.execv",
    "os.execve",
    "os.execvp",
    "os.execvpe",
    "typing.assert_never",
    "typing_extensions.assert_never",
    "pytest.skip",
    "pytest.fail",
    "pytest.exit",
    "pytest.xfail",
    f"{_PARSER}.error",
    f"{_PARSER}.exit",
    f"{_CASE}.fail",
    f"{_CASE}.skipTest",
)
_ASSERTIONS = {
    "assertTrue": "",
    "assertFalse": "not",
    "assertIsNotNone": "is not None",
    "assertEqual": "==",
    "assertNotEqual": "!=",
    "assertGreater": ">",
    "assertGreaterEqual": ">=",
    "assertLess": "<",
    "assertLessEqual": "<=",
    "assertIn": "in",
}

ENDINGS: tuple[Model, ...] = (
    *(Leaves(name) for name in _LEAVE),
    *(Checks(f"{_CASE}.{name}", relation) for name, relation in _ASSERTIONS.items()),
)
