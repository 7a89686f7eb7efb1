"""Settings: wiring only. Every value that a deployment may change comes from the environment (docs/deploy.md)."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kaimen.config import environment

ROOT = Path(__file__).resolve().parents[2]
ENV = environment.read(ROOT)

DEBUG = False
DEMO = ENV.demo
SECRET_KEY = ENV.secret_key
FIELD_KEY = (
    ENV.field_key
)  # AES-GCM key of personal data, 32 bytes; kept apart from SECRET_KEY so that each can be rotated
ALLOWED_HOSTS = ENV.hosts
CSRF_TRUSTED_ORIGINS = ENV.trusted_origins
PUBLIC_URL = ENV.public_url  # the address printed in links and QR codes

INSTALLED_APPS = [
    "kaimen.web",
    "kaimen.intake",
    "kaimen.hotspots",
    "kaimen.cases",
    "kaimen.letters",
    "kaimen.catalogue",
    "kaimen.foundation",
    "kaimen.look",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_tasks_db",
    "lucide",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kaimen.foundation.middleware.Requests",
    "kaimen.look.middleware.ContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kaimen.look.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kaimen.foundation.middleware.Refusals",
    "kaimen.foundation.middleware.SignedOutWhileWriting",
    "kaimen.foundation.idle.StaffIdle",
    "kaimen.foundation.middleware.StaffSecondFactor",
]

ROOT_URLCONF = "kaimen.config.urls"
WSGI_APPLICATION = "kaimen.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kaimen.look.context.page",
                "kaimen.web.context.house",
            ],
            "builtins": ["kaimen.look.templatetags.look", "lucide.templatetags.lucide"],
        },
    }
]

DATABASES = {"default": ENV.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
# in the database, so that limits on failed sign-ins count over all processes; the table comes with a migration
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kaimen_cache"},
}

AUTH_USER_MODEL = "foundation.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
STAFF_SECOND_FACTOR = ENV.staff_second_factor
STAFF_IDLE_HOURS = ENV.staff_idle_hours
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "kaimen.foundation.accounts.StaffAdapter"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "login": "60/m/ip", "reauthenticate": "10/m/user"}
ACCOUNT_SESSION_REMEMBER = False  # staff share desks: the session ends with the browser
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "开门"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", "English")]
LOCALE_PATHS = [ROOT / "kaimen" / "look" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = ENV.var / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
MEDIA_ROOT = ENV.var / "media"
FILE_UPLOAD_HANDLERS = ["kaimen.foundation.uploads.Bounded"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ENV.https
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
CSRF_COOKIE_SECURE = ENV.https
CSRF_FAILURE_VIEW = "kaimen.look.views.csrf_failed"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.behind_proxy else None
SECURE_HSTS_SECONDS = 31_536_000 if ENV.https else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
BEHIND_PROXY = ENV.behind_proxy

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if ENV.smtp_host
    else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_HOST = ENV.smtp_host
EMAIL_PORT = ENV.smtp_port
EMAIL_HOST_USER = ENV.smtp_user
EMAIL_HOST_PASSWORD = ENV.smtp_password
EMAIL_USE_TLS = ENV.smtp_tls
DEFAULT_FROM_EMAIL = ENV.mail_from
SMS_ADAPTER = ENV.sms_adapter
SMS_URL = ENV.sms_url
SMS_TOKEN = ENV.sms_token

METRICS_TOKEN = ENV.metrics_token
LETTER_FONTS = ENV.fonts
KEEP_PRINTED_DAYS = ENV.keep_printed_days
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "kaimen.foundation.logs.JsonLines"},
        "plain": {"()": "kaimen.foundation.logs.Plain"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": ENV.log}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "kaimen": {"level": "INFO"},
        # a line for each request is for machines; in a terminal it would bury everything else
        "kaimen.requests": {"level": "INFO" if ENV.log == "json" else "WARNING"},
        "django.request": {"level": "ERROR" if ENV.log == "json" else "WARNING"},
        # Django's own handler would write the address of every request of its development server
        "django": {"handlers": [], "propagate": True},
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
    },
}
