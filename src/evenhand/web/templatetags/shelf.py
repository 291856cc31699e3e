"""`{{ found|at:key }}`: what a dict has under a name that is worked out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(found: Mapping[str, Any], key: str) -> Any:
    """`found[key]`, None where there is none."""
    return found.get(key)
