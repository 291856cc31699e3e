"""Words of the catalogues in templates: `{% say "key" name=value %}`, `{{ "co.role."|word:role }}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from evenhand.web.console.help_places import help_address
from evenhand.web.language import catalogue_of

register = template.Library()


@register.simple_tag
def help_at(here: str) -> str:
    """The address of the page of the guide that tells of this place; "" where there is none."""
    return help_address(here)


@register.simple_tag(takes_context=True)
def say(context: template.Context, key: str, more: object = "", /, **values: Any) -> SafeString:
    """The sentence `key` + `more`. Values are escaped first, so a name with markup in it stays a name."""
    words = catalogue_of(context["request"])
    shown = {name: conditional_escape(value) for name, value in values.items()}
    return mark_safe(words.say(f"{key}{more}", **shown))
