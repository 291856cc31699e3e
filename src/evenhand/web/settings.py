"""Django's settings for the server. Tables are made by `store`; what is set here concerns requests alone."""

from __future__ import annotations

import os
from pathlib import Path

from evenhand.store.serving import secret_key

DATA = Path(os.environ["EVENHAND_DATA"])
SECRET_KEY = secret_key(DATA)
DEBUG = False
ALLOWED_HOSTS = [name for name in os.environ.get("EVENHAND_HOSTS", "localhost,127.0.0.1").split(",") if name]
ROOT_URLCONF = "evenhand.web.urls"
INSTALLED_APPS: list[str] = []
MIDDLEWARE = [
    "evenhand.web.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
]
USE_TZ, TIME_ZONE = True, "UTC"
LOGGING_CONFIG = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
APPEND_SLASH = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 0  # a certificate of one's own making must not lock a phone out when it is renewed
X_FRAME_OPTIONS = "DENY"
