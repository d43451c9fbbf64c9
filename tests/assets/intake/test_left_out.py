"""What is left out of an import is not there meanwhile, cannot be used, and is real afterwards."""

from __future__ import annotations

import importlib
import json
import sys

import pytest

from assets.intake.left_out import left_out


def test_a_stand_in_can_be_named_but_not_used() -> None:
    sys.modules.pop("colorsys", None)
    with left_out(["colorsys"]):
        stand_in = importlib.import_module("colorsys")
        assert stand_in.some.thing
        with pytest.raises(TypeError):
            stand_in.rgb_to_hsv(1, 1, 1)
        with pytest.raises(TypeError):
            isinstance(1, stand_in.Kind)
    assert importlib.import_module("colorsys").rgb_to_hsv(0, 0, 0) == (0, 0, 0)


def test_what_is_optional_is_as_if_it_were_not_installed() -> None:
    sys.modules.pop("colorsys", None)
    with left_out([], ["colorsys"]), pytest.raises(ImportError):
        importlib.import_module("colorsys")
    assert importlib.import_module("colorsys").rgb_to_hsv


def test_what_is_already_there_stays_as_it_is() -> None:
    with left_out(["json"], ["json.decoder"]):
        assert importlib.import_module("json") is json
        assert importlib.import_module("json.decoder") is json.decoder
    assert sys.modules["json"] is json


def test_an_import_that_breaks_leaves_nothing_behind() -> None:
    sys.modules.pop("colorsys", None)
    with pytest.raises(KeyError), left_out(["colorsys"]):
        raise KeyError
    assert "colorsys" not in sys.modules
