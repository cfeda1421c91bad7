import pytest

from models.errors import InputError
from services.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.__pydantic_fields__:
        monkeypatch.delenv(f"SWINGDESK_{name.upper()}", raising=False)


def test_usual_settings() -> None:
    settings = load_settings()
    assert settings.database_url == "sqlite:///swingdesk.sqlite3"
    assert settings.plannable_share == 0.9
    assert (settings.setup.same_team_minutes, settings.setup.other_team_minutes) == (1.0, 5.0)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWINGDESK_DATABASE_URL", "postgresql://localhost/office")
    monkeypatch.setenv("SWINGDESK_PLANNABLE_SHARE", "0.75")
    monkeypatch.setenv("SWINGDESK_TIMEZONE", "America/New_York")
    settings = load_settings()
    assert settings.database_url == "postgresql://localhost/office"
    assert settings.plannable_share == 0.75
    assert settings.timezone == "America/New_York"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PLANNABLE_SHARE", "1e-300"),
        ("SETUP_SAME_TEAM_MINUTES", "1e12"),
        ("SETUP_OTHER_TEAM_MINUTES", "1e300"),
        ("SETUP_OTHER_TEAM_MINUTES", "-1"),
    ],
)
def test_values_without_sense_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"SWINGDESK_{name}", value)
    with pytest.raises(InputError, match=name):
        load_settings()


def test_a_misspelt_setting_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWINGDESK_PLANABLE_SHARE", "0.8")
    with pytest.raises(InputError, match="did you mean SWINGDESK_PLANNABLE_SHARE"):
        load_settings()


def test_every_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWINGDESK_PLANNABLE_SHARE", "1.5")
    monkeypatch.setenv("SWINGDESK_TIMEZONE", "Mars/Olympus")
    monkeypatch.setenv("SWINGDESK_SETUP_SAME_TEAM_MINUTES", "nan")
    with pytest.raises(InputError) as raised:
        load_settings()
    assert str(raised.value).splitlines() == [
        "environment: SWINGDESK_PLANNABLE_SHARE: is '1.5'; expected less than or equal to 1",
        "environment: SWINGDESK_TIMEZONE: is 'Mars/Olympus'; expected an IANA time zone, such as Europe/Madrid",
        "environment: SWINGDESK_SETUP_SAME_TEAM_MINUTES: is 'nan'; expected a finite number",
    ]
