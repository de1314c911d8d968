"""Django settings: everything that differs between installations comes from the environment."""

import os

from shundan.config.database import django_database
from shundan.config.folders import ROOT, data_folder
from shundan.config.mail import mail_server
from shundan.config.secret import secret_key

PACKAGE = ROOT / "shundan"

DEBUG = os.environ.get("SHUNDAN_DEBUG") == "1"
# Demo mode opens one-click sign-in and lets the administrator do business; never set it on real data.
DEMO = os.environ.get("SHUNDAN_DEMO") == "1"
SECRET_KEY = secret_key()
DATA_FOLDER = data_folder()
ALLOWED_HOSTS = os.environ.get("SHUNDAN_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
HTTPS = os.environ.get("SHUNDAN_HTTPS") == "1"
# How often a token may call the API in a minute; 0 is as often as it likes.
API_CALLS_PER_MINUTE = int(os.environ.get("SHUNDAN_API_RATE") or 600)

ROOMS = (
    "kernel",
    "accounts",
    "parties",
    "catalog",
    "inventory",
    "workflow",
    "notifications",
    "pricing",
    "papers",
    "orders",
    "fulfilment",
    "billing",
    "purchasing",
    "confirmations",
    "einvoices",
    "settlement",
    "ledger",
    "exchange",
    "integrations",
    "analytics",
)
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "ninja",
    *(f"shundan.{room}" for room in ROOMS),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "shundan.ui.middleware.PagesStaticMiddleware",
    # A list of 50 rows is 80 KB of HTML, and a tenth of it on the wire; random padding hides lengths from guessers.
    "shundan.ui.middleware.PagesCompressedMiddleware",
    "shundan.ui.middleware.PagesSessionMiddleware",
    "shundan.ui.middleware.PagesCsrfMiddleware",
    "shundan.ui.middleware.ActorMiddleware",
    "shundan.ui.middleware.ContentSecurityMiddleware",
]

ROOT_URLCONF = "shundan.config.urls"
WSGI_APPLICATION = "shundan.config.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {"default": django_database()}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE / face / "templates" for face in ("ui", "web", "api")],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "shundan.ui.environment.build_environment",
            "context_processors": ["shundan.ui.environment.one_proof"],
        },
    },
]

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if os.environ.get("SHUNDAN_TEST") == "1":
    # The tests sign in thousands of times; what is slow to guess is slow to make.
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")

USE_TZ = True
TIME_ZONE = os.environ.get("SHUNDAN_TIME_ZONE", "Asia/Shanghai")
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "ui" / "static"]
# Only ours: the pages that the API's library brings are not shown, and are 15 MB to hash and compress at a first start.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATIC_ROOT = DATA_FOLDER / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Mails go out when a server is named; their links begin with the address under which people reach this house.
_MAIL = mail_server(os.environ.get("SHUNDAN_SMTP_URL", ""))
EMAIL_HOST, EMAIL_PORT = _MAIL.host, _MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.user, _MAIL.password
EMAIL_USE_SSL, EMAIL_USE_TLS = _MAIL.uses_tls, _MAIL.starts_tls
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _MAIL.sender
PUBLIC_URL = os.environ.get("SHUNDAN_URL", f"http://127.0.0.1:{os.environ.get('SHUNDAN_PORT') or 8000}").rstrip("/")
# The page behind the links of mails; the domain knows no addresses, so the one it needs is told here.
NOTICE_PATH = "/notices/open/{token}/"

SESSION_ENGINE = "shundan.ui.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "shundan.ui.doors.csrf_failed"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("SHUNDAN_LOG", "WARNING")},
}

# User.email is unique whatever its case, by a constraint on lower(email) that this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.E003"]
