"""A deployment is its environment variables and one TOML file per city; what is missing or wrong stops the start."""

import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args, get_origin
from zoneinfo import ZoneInfo

from click import ClickException

from core.clock import Clock

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "es", "ca", "pt")
SECRET_FILE = "secret.key"  # noqa: S105  the name of a file


class SettingsError(ClickException):
    """The deployment cannot start as it is set: the text says which setting and what to do, and is all that a
    command prints."""


@dataclass(frozen=True)
class PointsRules:
    expire_after_months: int
    per_year_max: int
    held_max: int


@dataclass(frozen=True)
class BenefitRules:
    value_eur_per_year_max: int
    voucher_days_max: int
    given_back_days_min: int


@dataclass(frozen=True)
class ClaimRules:
    window_days: int


@dataclass(frozen=True)
class ReviewRules:
    lease_minutes: int
    promised_days: int
    ask_days: int
    confirmation_days: int
    two_verifiers_from_points: int
    by_rule_points_max: int
    appeal_days: int

    @property
    def lease(self) -> timedelta:
        return timedelta(minutes=self.lease_minutes)


@dataclass(frozen=True)
class LeavingRules:
    window_days: int


@dataclass(frozen=True)
class Terms:
    version: str
    appeal: dict[str, str]
    text: dict[str, str]


@dataclass(frozen=True)
class ConsentPurpose:
    purpose: str
    version: str
    text: dict[str, str]


@dataclass(frozen=True)
class City:
    """One city's rules, as its TOML file states them (see `cities/barcelona.toml` for what each means)."""

    code: str
    name: str
    zone: ZoneInfo
    languages: tuple[str, ...]
    offices: dict[str, str]
    points: PointsRules
    benefits: BenefitRules
    claims: ClaimRules
    review: ReviewRules
    leaving: LeavingRules
    terms: Terms
    consents: tuple[ConsentPurpose, ...]

    @classmethod
    def read(cls, path: Path) -> "City":
        where = f"the city file {path}"
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise SettingsError(f"{where} cannot be read: {problem}") from problem
        for name, kind in _SECTIONS.items():
            if name in table:
                table[name] = _filled(kind, table[name], where=f"{where}, [{name}]")
        table["consents"] = tuple(
            _filled(ConsentPurpose, row, where=f"{where}, [[consents]]") for row in table.get("consents", [])
        )
        if "zone" in table:
            table["zone"] = _zone(table["zone"], where=where)
        if isinstance(table.get("languages"), list):
            table["languages"] = tuple(table["languages"])
        city: City = _filled(cls, table, where=where)
        if not city.languages or set(city.languages) - set(LANGUAGES):
            raise SettingsError(f"{where}: languages must be some of {', '.join(LANGUAGES)}")
        told = {"terms.appeal": city.terms.appeal, "terms.text": city.terms.text}
        told |= {f"{asked.purpose}.text": asked.text for asked in city.consents}
        for part, text in told.items():
            if lacking := set(city.languages) - set(text):
                raise SettingsError(f"{where}, {part}: missing {', '.join(sorted(lacking))}")
        return city

    def office(self, role: str) -> str:
        """The public name of the office that a role acts for."""
        return self.offices.get(role, self.name)


_SECTIONS: dict[str, type] = {
    "points": PointsRules,
    "benefits": BenefitRules,
    "claims": ClaimRules,
    "review": ReviewRules,
    "leaving": LeavingRules,
    "terms": Terms,
}


def _zone(name: Any, *, where: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, TypeError, ValueError, OSError) as problem:
        raise SettingsError(f"{where}: zone must be a name such as Europe/Madrid, not {name!r}") from problem


def _filled(kind: type, table: Any, *, where: str) -> Any:
    if not isinstance(table, dict):
        raise SettingsError(f"{where} must be a table, not {table!r}")
    known = {field.name: field.type for field in fields(kind)}
    unknown, missing = sorted(set(table) - set(known)), sorted(set(known) - set(table))
    if unknown or missing:
        raise SettingsError(f"{where}: unknown {unknown}, missing {missing}")
    for name, value in table.items():
        if not _is_a(known[name], value):
            raise SettingsError(f"{where}: {name} must be {_KINDS.get(known[name], known[name])}, not {value!r}")
    return kind(**table)


def _is_a(kind: Any, value: Any) -> bool:
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if get_origin(kind) is tuple:
        return isinstance(value, tuple) and all(isinstance(inner, get_args(kind)[0]) for inner in value)
    if get_origin(kind) is dict:
        return isinstance(value, dict) and all(isinstance(inner, str) for inner in value.values())
    return isinstance(value, kind)


_KINDS: dict[Any, str] = {
    int: "a whole number, zero or more",
    str: "a text",
    dict[str, str]: "a table of texts",
    tuple[str, ...]: "a list of texts",
}


@dataclass(frozen=True)
class Settings:
    """What a deployment says. `Settings.load(os.environ)` is the one way to make it."""

    database_url: str
    read_database_url: str | None
    is_pooled: bool
    instance: Path
    secret_key: bytes
    city: City
    is_production: bool
    clock: Clock
    public_url: str
    proxies: int
    smtp_url: str | None
    mail_from: str

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        mode = environ.get("BONAFETA_ENV", "development")
        if mode not in ("development", "production"):
            raise SettingsError(f"BONAFETA_ENV must be development or production, not {mode!r}")
        is_production = mode == "production"
        instance = Path(environ.get("BONAFETA_INSTANCE") or ROOT / "instance").resolve()
        clock_file = environ.get("BONAFETA_CLOCK")
        if clock_file and is_production:
            raise SettingsError("BONAFETA_CLOCK moves time and is refused in production: unset it")
        city = environ.get("BONAFETA_CITY") or "barcelona"
        city_file = Path(city) if city.endswith(".toml") else ROOT / "cities" / f"{city}.toml"
        proxies = environ.get("BONAFETA_PROXIES") or "0"
        if not proxies.isdecimal():
            raise SettingsError(f"BONAFETA_PROXIES is the number of proxies in front, not {proxies!r}")
        pooler = environ.get("BONAFETA_POOLER") or ""
        if pooler not in ("", "transaction"):
            raise SettingsError(f"BONAFETA_POOLER is transaction, or not set, and not {pooler!r}")
        instance.mkdir(parents=True, exist_ok=True)
        return cls(
            database_url=_driver_named(
                environ.get("BONAFETA_DATABASE_URL") or f"sqlite:///{instance}/bonafeta.sqlite3"
            ),
            read_database_url=_driver_named(environ.get("BONAFETA_READ_DATABASE_URL") or "") or None,
            is_pooled=bool(pooler),
            instance=instance,
            secret_key=_secret(environ.get("BONAFETA_SECRET_KEY"), instance=instance, is_production=is_production),
            city=City.read(city_file),
            is_production=is_production,
            clock=Clock(Path(clock_file) if clock_file else None),
            public_url=environ.get("BONAFETA_PUBLIC_URL") or "http://127.0.0.1:8000",
            proxies=int(proxies),
            smtp_url=environ.get("BONAFETA_SMTP_URL") or None,
            mail_from=environ.get("BONAFETA_MAIL_FROM") or f"no-reply@{city_file.stem}.invalid",
        )

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose, derived from the secret (HMAC as a PRF, RFC 5869's expand step with one block)."""
        return hmac.digest(self.secret_key, f"bonafeta {purpose}\x01".encode(), hashlib.sha256)

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def mail_folder(self) -> Path:
        """Where mail is written when no SMTP host is set."""
        return self.instance / "mail"


def _driver_named(url: str) -> str:
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _secret(given: str | None, *, instance: Path, is_production: bool) -> bytes:
    if given:
        if is_production and len(given) < 32:
            raise SettingsError(
                "BONAFETA_SECRET_KEY must have at least 32 characters: `openssl rand -hex 32` makes one"
            )
        return given.encode()
    if is_production:
        raise SettingsError(
            "BONAFETA_SECRET_KEY is missing: `openssl rand -hex 32` makes one; keep it, and keep it safe"
        )
    file = instance / SECRET_FILE
    if not file.exists():
        # It is readable by its owner only. A link never replaces what another process has put there meanwhile, and
        # never shows half a key.
        with tempfile.NamedTemporaryFile("w", dir=instance) as draft:
            draft.write(secrets.token_hex(32))
            draft.flush()
            with contextlib.suppress(FileExistsError):
                os.link(draft.name, file)
    return file.read_text().encode()
