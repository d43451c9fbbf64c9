"""Loads the templates of pages: every text is escaped, and what a template asks and is not given is an error.

What a page says and how it looks belongs in the module and the template of that page.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template


@cache
def template(name: str, folder: Path = Path(__file__).parent, **filters: Callable[..., Any]) -> Template:
    """The template of that name, which stands beside this module or in `folder`, with the filters it uses."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= filters
    return environment.get_template(name)
