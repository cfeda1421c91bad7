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
