"""Who may ask for what: keys, roles, and the routes' own words about it."""

from typing import Any

from models.vocabulary import Role


def test_a_key_of_the_role_reads_and_one_of_another_does_not(api: Any) -> None:
    assert api.get("/api/plans", key=api.key(Role.PLANNER)).json() == {"count": 0, "plans": []}
    refused = api.get("/api/plans", key=api.key(Role.ADMIN).replace("sd_", "sd_0"))
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == 'Bearer realm="swingdesk"'
    assert api.get("/api/plans").status_code == 401
