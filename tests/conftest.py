"""The options of the test run; fixtures and data stand beside the tests that use them."""

from __future__ import annotations

import pytest

LONG = ("test_readme", "release/", "_laws", "test_cli", "test_definitions", "test_expectations")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fix", action="store_true", help="rewrite the generated files instead of comparing them")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with few and long tests first: begun last, one of them keeps a single core busy at the end."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in LONG))
