"""A spelling is suggested when it is truly near, and never when it is a guess."""

from __future__ import annotations

import pytest

from assets.intake.near import most_like, nearest
from blueprint.load import blueprint


def suggested(value: str, list_name: str) -> str:
    before, sign, after = nearest(value, list_name).partition("Bedoelt u '")
    return after.partition("'? ")[0] if sign else before.partition("Kies uit")[0]


@pytest.mark.parametrize(
    ("list_name", "value", "meant"),
    [
        ("carriers", "aardgaz", "Aardgas"),
        ("carriers", "elektraa", "Elektriciteit"),
        ("carriers", "Elektricitijt", "Elektriciteit"),
        ("carriers", "waterstoff", "Waterstof"),
        ("carriers", "waterstofgass", "Waterstof"),
        ("carriers", "stoon", "Stoom"),
        ("carriers", "brandstof", "Andere brandstof"),
        ("units", "GW", "gigawattuur (GWh)"),
        ("units", "kWhh", "kilowattuur (kWh)"),
        ("clusters", "Rotterdam", "Rotterdam-Moerdijk"),
        ("clusters", "chemelott", "Chemelot"),
        ("sectors", "Recycling", "Afval en recycling"),
        ("scenarios", "hoog", "Plan hoog"),
        ("provinces", "Brabant", "Noord-Brabant"),
    ],
)
def test_what_is_near_is_suggested(list_name: str, value: str, meant: str) -> None:
    assert suggested(value, list_name) == meant


@pytest.mark.parametrize(
    ("list_name", "value"),
    [
        ("clusters", "geen"),
        ("clusters", "nvt"),
        ("carriers", "geen"),
        ("carriers", "gaz"),  # one letter of three is too much
        ("carriers", "onbekend"),
        ("units", "vaten"),
        ("units", "J"),  # kJ, MJ, GJ: equally near
        ("sectors", "en"),  # a word of two labels, and of no meaning
        ("provinces", "Holland"),  # two provinces
        ("uses", "qqqq"),
        ("uses", ""),
    ],
)
def test_what_is_not_near_is_not_suggested(list_name: str, value: str) -> None:
    assert suggested(value, list_name) == ""
    assert nearest(value, list_name).startswith("Kies uit: ")


def test_a_misspelt_label_of_any_list_is_known_again() -> None:
    for name, codes in blueprint().codes.items():
        labels = [code.label for code in codes.filed]
        for label in labels:
            if len(label) > 8:
                assert most_like(label[:4] + "q" + label[5:], labels) == label, (name, label)


def test_all_choices_are_named() -> None:
    assert nearest("onzin", "uses") == "Kies uit: Energetisch, Grondstof."
    assert nearest("qqqq", "units").count(", ") == len(blueprint().codes["units"].filed) - 1
