"""A deployment that is not set as it must be does not start, and says which setting to mend."""

import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from core.settings import ROOT, City, Settings, SettingsError

SECRET = "0123456789abcdef0123456789abcdef"
CITIES = sorted((ROOT / "cities").glob("*.toml"))
Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """`Settings.load` with these variables and no others, in a folder of its own."""
    return lambda **environ: Settings.load({"BONAFETA_INSTANCE": str(tmp_path / "instance")} | environ)


def city_file(folder: Path, *changes: tuple[str, str]) -> Path:
    """Barcelona's file with each text replaced by another."""
    text = (ROOT / "cities" / "barcelona.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder / "changed.toml"
    file.write_text(text, encoding="utf-8")
    return file


# --- production -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["", "short", "x" * 31])
def test_production_does_not_start_without_a_good_secret(load: Load, secret: str) -> None:
    with pytest.raises(SettingsError, match="BONAFETA_SECRET_KEY"):
        load(BONAFETA_ENV="production", BONAFETA_SECRET_KEY=secret)


def test_production_refuses_a_movable_clock(load: Load, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="BONAFETA_CLOCK"):
        load(BONAFETA_ENV="production", BONAFETA_SECRET_KEY=SECRET, BONAFETA_CLOCK=str(tmp_path / "clock"))


def test_production_starts_with_a_secret_and_writes_none(load: Load) -> None:
    settings = load(BONAFETA_ENV="production", BONAFETA_SECRET_KEY=SECRET)

    assert settings.is_production
    assert settings.secret_key == SECRET.encode()
    assert list(settings.instance.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "value"), [("BONAFETA_ENV", "staging"), ("BONAFETA_PROXIES", "two"), ("BONAFETA_PROXIES", "-1")]
)
def test_a_setting_that_means_nothing_stops_the_start(load: Load, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load(**{name: value})


# --- the secret of a laptop -------------------------------------------------------------------------------------------


def test_a_laptop_gets_a_secret_that_stays_and_that_nobody_else_reads(load: Load) -> None:
    first, second = load(), load()

    file = first.instance / "secret.key"
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(first.instance.iterdir()) == [file]


def test_a_start_that_was_killed_half_way_does_not_stop_the_next(load: Load, tmp_path: Path) -> None:
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / f"secret.{os.getpid()}").touch()

    assert len(load().secret_key) >= 32


def test_keys_for_two_purposes_differ_and_stay(load: Load) -> None:
    settings = load(BONAFETA_SECRET_KEY=SECRET)

    assert settings.key("a") == load(BONAFETA_SECRET_KEY=SECRET).key("a")
    assert len({settings.key("a"), settings.key("b"), load(BONAFETA_SECRET_KEY=SECRET[::-1]).key("a")}) == 3
    assert len(settings.key("a")) == 32


# --- where things are -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p@h/d?host=/tmp", "postgresql+psycopg://u:p@h/d?host=/tmp"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:////tmp/x", "sqlite:////tmp/x"),
    ],
)
def test_a_database_url_names_our_driver(load: Load, given: str, used: str) -> None:
    assert load(BONAFETA_DATABASE_URL=given).database_url == used


def test_without_settings_it_is_one_sqlite_file_in_the_instance_folder(load: Load) -> None:
    settings = load()

    assert settings.database_url == f"sqlite:///{settings.instance}/bonafeta.sqlite3"
    assert settings.is_sqlite
    assert settings.smtp_url is None
    assert settings.mail_folder.parent == settings.instance


# --- cities -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", CITIES, ids=lambda file: file.stem)
def test_every_city_of_ours_loads(load: Load, file: Path) -> None:
    city = load(BONAFETA_CITY=file.stem).city

    assert city.code == file.stem
    assert city.review.lease == timedelta(minutes=15)
    assert (city.points.per_year_max, city.points.held_max, city.benefits.value_eur_per_year_max) == (260, 60, 150)


def test_there_are_two_cities_and_they_differ_in_settings_only() -> None:
    barcelona, cascais = (City.read(file) for file in CITIES)

    assert (barcelona.zone.key, cascais.zone.key) == ("Europe/Madrid", "Europe/Lisbon")
    assert barcelona.languages[0] != cascais.languages[0]


def test_a_city_may_be_a_file_anywhere(load: Load, tmp_path: Path) -> None:
    file = city_file(tmp_path, ('name = "Barcelona"', 'name = "Elsewhere"'))

    assert load(BONAFETA_CITY=str(file)).city.name == "Elsewhere"


def test_a_city_that_is_not_there_is_named(load: Load) -> None:
    with pytest.raises(SettingsError, match=r"atlantis\.toml"):
        load(BONAFETA_CITY="atlantis")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([("held_max = 60", "held_max = 60\nhold_max = 60")], "unknown.*hold_max"),
        ([("held_max = 60", "")], r"\[points\].*missing.*held_max"),
        ([("[leaving]", "[parting]")], "unknown.*parting"),
        ([('zone = "Europe/Madrid"', "")], "missing.*zone"),
        ([('zone = "Europe/Madrid"', 'zone = "Europe/Atlantis"')], "zone"),
        ([('zone = "Europe/Madrid"', "zone = 1")], "zone"),
        ([("held_max = 60", 'held_max = "60"')], "held_max must be"),
        ([("held_max = 60", "held_max = 60.0")], "held_max must be"),
        ([("held_max = 60", "held_max = true")], "held_max must be"),
        ([("held_max = 60", "held_max = -1")], "held_max must be"),
        ([("[points]", "[points")], "cannot be read"),
        ([("languages = [", 'languages = ["xx", ')], "languages"),
        ([("[claims]\nwindow_days = 90", ""), ("zone =", "claims = 90\nzone =")], "claims"),
        ([("[terms.text]\nen =", "[terms.text]\nxx =")], "terms.text.*en"),
        ([("[terms.appeal]\nen =", "[terms.appeal]\nxx =")], "terms.appeal.*en"),
        ([("[terms.appeal]", "[terms.appeals]")], r"\[terms\].*missing.*appeal"),
    ],
)
def test_a_city_file_with_a_mistake_is_told_where_it_is(
    tmp_path: Path, changes: list[tuple[str, str]], said: str
) -> None:
    with pytest.raises(SettingsError, match=said) as refused:
        City.read(city_file(tmp_path, *changes))

    assert "changed.toml" in str(refused.value)


def test_nothing_about_a_city_is_a_silent_default(tmp_path: Path) -> None:
    """Taking any one key or section out stops the start; only a city without purposes to consent to needs none."""
    lines = (ROOT / "cities" / "barcelona.toml").read_text(encoding="utf-8").splitlines()
    names = [line.split(" = ")[0] for line in lines[: lines.index("[terms]") + 2] if " = " in line]
    assert len(names) == 21

    for name in names:
        rest = [line for line in lines if not line.startswith(f"{name} = ")]
        file = tmp_path / "rest.toml"
        file.write_text("\n".join(rest), encoding="utf-8")
        with pytest.raises(SettingsError, match=name):
            City.read(file)
