"""What allauth asks us about people whom the sign-in service of `oidc.py` sends."""

from __future__ import annotations

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest


class Adapter(DefaultSocialAccountAdapter):
    """allauth's adapter: whoever the service knows and we do not gets no account."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """An administrator makes accounts."""
        return False
