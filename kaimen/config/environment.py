"""What the environment says: every setting a deployment may change, read and checked in one place.

A production start without what it needs stops with one message that lists everything missing, so that
nobody has to find it out one restart at a time.
"""

import base64
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

PATIENCE = 20  # seconds
STAFF_IDLE_HOURS = 8  # a working day: over night a desk that was left open is shut
KEEP_PRINTED_DAYS = 30  # files for the printer, with the addresses of a whole batch in them


def sqlite_options(patience: float) -> dict[str, Any]:
    return {
        "timeout": patience,  # Python gives it to SQLite as busy_timeout
        # DEFERRED lets two readers both try to become writers: one of them fails at once, whatever the timeout.
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
            "PRAGMA mmap_size=1073741824; PRAGMA cache_size=-1000; "
            # Otherwise SQLite makes and deletes a file with every transaction that writes many rows in one statement.
            "PRAGMA temp_store=MEMORY; "
            # The turn to write is held while the log is moved into the database and the disk says so: 16 MB at a time.
            "PRAGMA wal_autocheckpoint=4000"
        ),
    }


class NotConfigured(SystemExit):
    """The environment lacks what a safe start needs; the message lists all of it."""


@dataclass(frozen=True)
class Environment:
    demo: bool
    var: Path
    secret_key: str
    field_key: bytes
    hosts: list[str]
    trusted_origins: list[str]
    public_url: str
    https: bool
    behind_proxy: bool
    database: dict[str, Any]
    staff_second_factor: bool
    staff_idle_hours: int
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_tls: bool
    mail_from: str
    sms_adapter: str
    sms_url: str
    sms_token: str
    log: str
    metrics_token: str
    fonts: Path | None
    keep_printed_days: int


def read(root: Path, env: "os._Environ[str] | dict[str, str]" = os.environ) -> Environment:
    """Read the environment; raise NotConfigured with all problems when it is not safe to start."""
    demo = env.get("KAIMEN_DEMO", "") == "1"
    var = Path(env.get("KAIMEN_VAR", root / "var"))
    problems: list[str] = []
    secret_key = env.get("KAIMEN_SECRET_KEY", "") or (_kept_secret(var, "secret_key") if demo else "")
    field_text = env.get("KAIMEN_FIELD_KEY", "") or (_kept_secret(var, "field_key") if demo else "")
    if len(secret_key) < 32:
        problems.append("KAIMEN_SECRET_KEY: at least 32 random characters / 至少 32 个随机字符")
    field_key = _field_key(field_text, problems)
    public_url = env.get("KAIMEN_PUBLIC_URL", "http://127.0.0.1:8000" if demo else "").rstrip("/")
    if not demo and not public_url.startswith("https://"):
        problems.append("KAIMEN_PUBLIC_URL: the https:// address people open / 大家打开的 https:// 网址")
    hosts = [h.strip() for h in env.get("KAIMEN_HOSTS", "*" if demo else "").split(",") if h.strip()]
    if not demo and (not hosts or "*" in hosts):
        problems.append("KAIMEN_HOSTS: the host names served, by comma, no * / 对外域名，逗号分隔，不能用 *")
    idle_hours = _number(env, "KAIMEN_STAFF_IDLE_HOURS", STAFF_IDLE_HOURS, problems)
    keep_days = _number(env, "KAIMEN_KEEP_PRINTED_DAYS", KEEP_PRINTED_DAYS, problems)
    smtp_port = _number(env, "KAIMEN_SMTP_PORT", 25, problems)
    patience = _number(env, "KAIMEN_DATABASE_PATIENCE", PATIENCE, problems, least=0.1)
    if problems:
        raise NotConfigured(
            "Kaimen 开门 cannot start safely yet / 还不能安全启动：\n  - " + "\n  - ".join(problems)
        )
    https = public_url.startswith("https://")
    return Environment(
        demo=demo,
        var=var,
        secret_key=secret_key,
        field_key=field_key,
        hosts=hosts,
        trusted_origins=[public_url] if https else [],
        public_url=public_url,
        https=https,
        behind_proxy=env.get("KAIMEN_BEHIND_PROXY", "") == "1",
        database=database(env.get("KAIMEN_DATABASE_URL", ""), var, patience),
        staff_second_factor=not demo,
        staff_idle_hours=int(idle_hours),
        smtp_host=env.get("KAIMEN_SMTP_HOST", ""),
        smtp_port=int(smtp_port),
        smtp_user=env.get("KAIMEN_SMTP_USER", ""),
        smtp_password=env.get("KAIMEN_SMTP_PASSWORD", ""),
        smtp_tls=env.get("KAIMEN_SMTP_TLS", "") == "1",
        mail_from=env.get("KAIMEN_MAIL_FROM", "kaimen@localhost"),
        sms_adapter=env.get(
            "KAIMEN_SMS_ADAPTER",
            "kaimen.foundation.sms.Screen" if demo else "kaimen.foundation.sms.Unavailable",
        ),
        sms_url=env.get("KAIMEN_SMS_URL", ""),
        sms_token=env.get("KAIMEN_SMS_TOKEN", ""),
        log="json" if env.get("KAIMEN_LOG", "plain") == "json" else "plain",
        metrics_token=env.get("KAIMEN_METRICS_TOKEN", ""),
        fonts=Path(env["KAIMEN_FONTS"]) if env.get("KAIMEN_FONTS") else None,
        keep_printed_days=int(keep_days),
    )


def database(url: str, var: Path, patience: float = PATIENCE) -> dict[str, Any]:
    """Django's DATABASES entry for a URL: postgresql://user:password@host:port/name or sqlite:///path.

    Who waits longer than `patience` seconds for another writer gets an error, and so a page, instead of waiting on.
    """
    if not url or url.startswith("sqlite"):
        name = url.removeprefix("sqlite:///") or str(var / "kaimen.sqlite3")
        return {
            "ENGINE": "kaimen.foundation.sqlite",
            "NAME": name,
            # opening the file anew for every request costs more than most pages
            "CONN_MAX_AGE": None,
            "OPTIONS": sqlite_options(patience),
            "TEST": {"NAME": f"{name}.test"},  # a file: the live server's threads must share it
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise NotConfigured(f"KAIMEN_DATABASE_URL: postgresql:// or sqlite:///, not {parts.scheme}://")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    # behind PgBouncer in transaction mode the next statement may meet another connection, where the cursor is not
    pooler = query.pop("pooler", "")
    if not pooler:  # PgBouncer refuses it; docs/deploy.md gives the role the same limit
        query.setdefault("options", f"-c lock_timeout={patience * 1000:.0f}")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", "") or parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "DISABLE_SERVER_SIDE_CURSORS": pooler == "transaction",
        "CONN_MAX_AGE": 0,  # the pool keeps connections; Django must not keep its own as well
        # one more round trip for each request, so that after a failover nobody is given a dead connection
        "CONN_HEALTH_CHECKS": True,
        # The pool waits twice as long after each failed attempt; given up early it starts anew with the next request.
        "OPTIONS": {
            "pool": {
                "min_size": 1,
                "max_size": 16,
                "timeout": min(10, patience),
                "reconnect_timeout": 5,
            },
            **query,
        },
    }


def _number(
    env: "os._Environ[str] | dict[str, str]",
    name: str,
    usual: float,
    problems: list[str],
    least: float = 1,
) -> float:
    try:
        number = float(env.get(name, "").strip() or usual)
    except ValueError:
        number = 0
    if not least <= number < 100_000:
        problems.append(f"{name}: a number from {least:g} on / 要填 {least:g} 以上的数")
    return number


def _field_key(text: str, problems: list[str]) -> bytes:
    if len(text) < 32:
        problems.append(
            "KAIMEN_FIELD_KEY: at least 32 random characters, kept apart / 至少 32 个随机字符，另外保管"
        )
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raw = b""
    return raw if len(raw) == 32 else hashlib.sha256(text.encode()).digest()


def _kept_secret(var: Path, name: str) -> str:
    """The demo makes its own secrets once and keeps them, readable by its owner only."""
    path = var / f"demo_{name}"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()
