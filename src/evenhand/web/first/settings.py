"""Django's settings for the first run: pages and forms, no database."""

from __future__ import annotations

import secrets
from pathlib import Path

DEBUG = False
SECRET_KEY = secrets.token_urlsafe(50)
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
ROOT_URLCONF = "evenhand.web.first.pages"
INSTALLED_APPS = ["django.contrib.staticfiles", "django.contrib.humanize", "evenhand.web.apps.WebConfig", "django_htmx"]
MIDDLEWARE = [
    "evenhand.web.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "evenhand.web.language.ReadersLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request", "evenhand.web.first.pages.frame"],
            "builtins": ["evenhand.web.templatetags.words", "django.contrib.humanize.templatetags.humanize"],
        },
    }
]
STATIC_URL = "/static/"
OIDC = None
STATICFILES_DIRS = [Path(__file__).parents[2] / "render" / "assets"]
USE_I18N, USE_TZ, TIME_ZONE, LANGUAGE_CODE = True, True, "UTC", "en"
LOGGING_CONFIG = None
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
CSRF_COOKIE_HTTPONLY, CSRF_COOKIE_SAMESITE, CSRF_COOKIE_NAME = True, "Strict", "first-csrf"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
