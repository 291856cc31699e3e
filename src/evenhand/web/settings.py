"""Django's settings for the server: requests, accounts, sessions. The tables of the flow are made and read by `store`."""

from __future__ import annotations

import os
from pathlib import Path

from evenhand.store import address
from evenhand.store.serving import secret_key
from evenhand.web.oidc import providers, service_of

DATA = Path(os.environ["EVENHAND_DATA"])
SECRET_KEY = secret_key(DATA)
DEBUG = False
ALLOWED_HOSTS = [name for name in os.environ.get("EVENHAND_HOSTS", "localhost,127.0.0.1").split(",") if name]
SECURE = os.environ.get("EVENHAND_SECURE") == "1"
"""Whether browsers reach us over HTTPS, ours or a proxy's."""
ROOT_URLCONF = "evenhand.web.urls"

_role = address(DATA).owner if os.environ.get("EVENHAND_AS_OWNER") == "1" else address(DATA).web
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _role["dbname"], "USER": _role["user"], "PASSWORD": _role["password"],
        "HOST": _role["host"], "PORT": _role.get("port", ""),
        # Accounts and sessions lie in a schema of their own: its tables change, those of the flow only grow.
        "OPTIONS": {"options": "-c search_path=web -c timezone=UTC"},
        "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True,
    }
}  # fmt: skip
OIDC = service_of(DATA)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Attempts are counted where all workers see them.
# Room for many: whoever makes attempts under invented names must not push out the counts of others.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "evenhand.web.apps.WebConfig",  # before allauth: its templates are replaced by ours
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",  # for its copy of the script alone
]
MIDDLEWARE = [
    "evenhand.web.headers.SecurityHeaders",
    "evenhand.web.compression.CompressTexts",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "evenhand.web.language.ReadersLanguage",
    "evenhand.web.uploads.UploadLimit",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "evenhand.web.console.frame.frame",
            ],
            "builtins": ["evenhand.web.templatetags.words", "django.contrib.humanize.templatetags.humanize"],
        },
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [Path(__file__).parents[1] / "render" / "assets"]
USE_I18N, USE_TZ, TIME_ZONE, LANGUAGE_CODE = True, True, "UTC", "en"
LOGGING_CONFIG = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
APPEND_SLASH = False

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL, LOGIN_REDIRECT_URL = "/accounts/login/", "/console/"
ACCOUNT_ADAPTER = "evenhand.web.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "sign": "5/5m/user",
    "root": "5/5m/user",
    "api": "600/m/key",
}
SOCIALACCOUNT_ADAPTER = "evenhand.web.oidc_adapter.Adapter"
SOCIALACCOUNT_PROVIDERS = providers(OIDC)
SOCIALACCOUNT_ONLY, SOCIALACCOUNT_STORE_TOKENS, SOCIALACCOUNT_LOGIN_ON_GET = False, False, False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE  # plain HTTP is answered on localhost alone, which browsers hold secure
MFA_TOTP_ISSUER = "Evenhand"

SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY, SESSION_COOKIE_SAMESITE, SESSION_COOKIE_SECURE = True, "Lax", SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_HTTPONLY, CSRF_COOKIE_SAMESITE, CSRF_COOKIE_SECURE = True, "Lax", SECURE
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_FAILURE_VIEW = "evenhand.web.console.refusals.csrf"
if os.environ.get("EVENHAND_PROXY") == "1":
    # Only where we answer this machine alone: then nobody but the proxy can say it.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 0  # a certificate of one's own making must not lock a phone out when it is renewed
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W004",
    "security.W008",
]  # HSTS: see above; redirects: there is nothing on plain HTTP
