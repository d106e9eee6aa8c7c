"""The extension in a real IPython shell."""

from __future__ import annotations

import pytest

pytest.importorskip("IPython")
pytest.importorskip("adapters")

import torch
from IPython.core.interactiveshell import InteractiveShell

from shapeguard.errors import ShapeContractError
from shapeguard.runtime import control

pytestmark = pytest.mark.adapters

BROKEN = "composition.adjust_tensors_for_parallel(torch.zeros(3, 2), torch.zeros(2, 2))"


@pytest.fixture
def shell():
    shell = InteractiveShell.instance()
    shell.user_ns["torch"] = torch
    shell.run_cell("from adapters import composition")
    shell.run_line_magic("load_ext", "shapeguard")
    yield shell
    shell.run_line_magic("unload_ext", "shapeguard")
    InteractiveShell.clear_instance()
    assert control.current() is None


def test_contracts_hold_in_cells(shell):
    assert isinstance(shell.run_cell(BROKEN).error_in_exec, ShapeContractError)


def test_the_magic_command_switches_the_mode_and_shows_what_was_found(shell, capsys):
    shell.run_line_magic("shapeguard", "collect")
    assert shell.run_cell(BROKEN).success
    capsys.readouterr()
    shell.run_line_magic("shapeguard", "")
    assert "SG501" in capsys.readouterr().out


def test_off_is_off_and_a_wrong_mode_is_said_to_be_wrong(shell, capsys):
    shell.run_line_magic("shapeguard", "loud")
    assert "unknown mode 'loud'" in capsys.readouterr().out
    shell.run_line_magic("shapeguard", "off")
    assert shell.run_cell(BROKEN).success


def test_a_cell_may_switch_contracts_for_itself(shell):
    shell.run_cell("import shapeguard; shapeguard.enable('collect'); shapeguard.disable()")
    assert isinstance(shell.run_cell(BROKEN).error_in_exec, ShapeContractError)


def test_no_frame_of_ours_is_shown(shell, capsys):
    shell.run_cell(BROKEN)
    shown = capsys.readouterr().out
    assert "ShapeContractError" in shown
    assert "shapeguard/" not in shown
