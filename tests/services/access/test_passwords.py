"""Passwords as they are kept: on both databases, hashed anew when they cost more, behind locks that grow."""

import time
import unicodedata
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import ValidationError

from models.database import Database
from models.errors import NotFoundError, PasswordRefusedError, SignInRefusedError, UsageError
from models.repositories.access.attempts import find_attempts
from models.repositories.access.passwords import find_password
from models.repositories.audit import list_changes
from models.vocabulary import PrincipalKind, Role
from models.vocabulary_access import PasswordFault, Refusal
from services.access.passwords import rules
from services.access.passwords.accounts import (
    PasswordTerms,
    choose_password,
    read_password_age,
    set_password,
    sign_in,
    take_password,
)
from services.access.passwords.hashing import Hasher
from services.access.passwords.lockout import QUIET_S, Lockout, forget_old_attempts, subject_of
from services.access.passwords.rules import check_password
from services.access.principals import create_principal
from services.access.sessions import Arrival, create_link, follow_link, read_sessions
from services.access.tracing import Act
from services.settings import Settings

NOW = 1_772_434_800
RIGHT, WRONG = "quiet lamps on a hill", "loud lamps on a hill"
LOCKOUT = Lockout(free=3, first_s=60, most_s=900)


def terms(rounds: int = 1) -> PasswordTerms:
    return PasswordTerms(hasher=Hasher(memory_mb=1, rounds=rounds, lanes=1), lockout=LOCKOUT, least=12)


def act(at: int = NOW) -> Act:
    return Act(at=at, by=None, what="test")


def arrival(at: int = NOW) -> Arrival:
    return Arrival(at=at, what="test", browser="Firefox · Linux")


@pytest.fixture
def people(database: Database) -> Database:
    """A database with Ana, who has a password, and a program."""
    create_principal(database, "ana", roles=[Role.PLANNER], act=act())
    create_principal(database, "robot", roles=[Role.PLANNER], kind=PrincipalKind.KEY, act=act())
    set_password(database, terms(), "ana", RIGHT, act=act())
    return database


def refusal_of(database: Database, name: str, password: str, *, at: int = NOW) -> SignInRefusedError:
    with pytest.raises(SignInRefusedError) as raised:
        sign_in(database, terms(), name, password, arrival(at))
    return raised.value


def test_a_right_password_starts_a_session_and_is_hashed_anew_where_it_has_come_to_cost_more(people: Database) -> None:
    with people.reading() as session:
        before = find_password(session, "ana")
    sign_in(people, terms(rounds=2), "ana", RIGHT, arrival(NOW + 5))
    with people.reading() as session:
        after = find_password(session, "ana")
    assert before is not None
    assert after is not None
    assert (",t=1," in before.hash, ",t=2," in after.hash) == (True, True)
    assert after.set_at == before.set_at == NOW
    assert RIGHT not in repr(after) + after.hash
    (started,) = read_sessions(people, "ana", now=NOW + 5)
    assert (started.proof, started.browser) == ("password", "Firefox · Linux")
    sign_in(people, terms(rounds=2), "ana", RIGHT, arrival(NOW + 6))


def test_letters_that_keyboards_write_differently_are_the_same(people: Database) -> None:
    set_password(people, terms(), "ana", "caf\u00e9 au lait \ufb01n", act=act())
    assert sign_in(people, terms(), "ana", "cafe\u0301 au lait fin", arrival())


def test_locks_grow_to_a_most_and_end_with_a_day_without_attempts_or_the_right_password(people: Database) -> None:
    at, waits = NOW, list[int]()
    for _ in range(9):
        assert refusal_of(people, "ana", WRONG, at=at).reason is Refusal.WRONG
        locked = refusal_of(people, "ana", RIGHT, at=at) if len(waits) >= LOCKOUT.free - 1 else None
        waits.append(0 if locked is None else locked.wait_s or 0)
        at += waits[-1]
    assert waits == [0, 0, 60, 120, 240, 480, 900, 900, 900]
    assert sign_in(people, terms(), "ana", RIGHT, arrival(at))
    assert [refusal_of(people, "ana", WRONG, at=at).reason for _ in range(3)] == [Refusal.WRONG] * 3
    assert refusal_of(people, "ana", RIGHT, at=at).reason is Refusal.LOCKED
    for _ in range(3):
        assert refusal_of(people, "ana", WRONG, at=at + QUIET_S + 61).reason is Refusal.WRONG
    assert forget_old_attempts(people, now=at + 3 * QUIET_S) == 1
    assert sign_in(people, terms(), "ana", RIGHT, arrival(at + 3 * QUIET_S))


def test_names_of_nobody_are_locked_without_keeping_what_was_typed(people: Database) -> None:
    typed = "my password in the wrong field"
    reasons = [refusal_of(people, typed, WRONG).reason for _ in range(4)]
    assert reasons == [Refusal.WRONG] * 3 + [Refusal.LOCKED]
    subject = subject_of(None, typed)
    assert len(subject) <= len("nobody:") + 4  # 16 bits: nobody finds out what it was
    with people.reading() as session:
        found = find_attempts(session, subject)
    assert found is not None
    assert found.num_attempts == 3
    for name in ("", "x" * 101, "a\x00b", "\u202e", "ana ", "ANA"):
        assert refusal_of(people, name, RIGHT).reason is Refusal.WRONG


def test_only_people_have_passwords(people: Database) -> None:
    with pytest.raises(UsageError, match="is no person"):
        set_password(people, terms(), "robot", RIGHT, act=act())
    with pytest.raises(NotFoundError):
        set_password(people, terms(), "nobody", RIGHT, act=act())
    take_password(people, "ana", act=act(NOW + 1))
    assert read_password_age(people, "ana") is None
    assert refusal_of(people, "ana", RIGHT).reason is Refusal.WRONG
    with pytest.raises(NotFoundError, match="has no password"):
        take_password(people, "ana", act=act())


def test_a_link_gives_a_new_password_ends_all_sessions_and_leaves_a_trace_without_secrets(people: Database) -> None:
    sign_in(people, terms(), "ana", RIGHT, arrival())
    for _ in range(3):
        refusal_of(people, "ana", WRONG)
    link = create_link(people, "ana", act=act())
    with pytest.raises(PasswordRefusedError):
        choose_password(people, terms(), link, "ana ana ana ana", arrival(NOW + 9))
    choose_password(people, terms(), link, WRONG, arrival(NOW + 10))
    with pytest.raises(SignInRefusedError) as raised:
        follow_link(people, link, arrival(NOW + 11))
    assert raised.value.reason is Refusal.LINK
    assert [one.created_at for one in read_sessions(people, "ana", now=NOW + 11)] == [NOW + 10]
    assert sign_in(people, terms(), "ana", WRONG, arrival(NOW + 12))
    with people.reading() as session:
        trail = list_changes(session, subject_id="ana")
    told = [change.after or {} for change in trail]
    assert {"password_set_at": NOW + 10} in told
    assert any("locked_until" in one for one in told)
    assert all(word not in repr(trail) for word in (RIGHT, WRONG, link, "argon2"))


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("eleven char", PasswordFault.SHORT),
        ("\ufb01" * 5 + "x", PasswordFault.SHORT),
        ("a b c d e f " * 30, PasswordFault.LONG),
        ("rosa.lopez.2026", PasswordFault.NAME),
        ("Rosa_Lopez!!!!", PasswordFault.NAME),
        ("Swingdesk2026!", PasswordFault.NAME),
        ("Password2026!!", PasswordFault.COMMON),
        ("Contraseña2026", PasswordFault.COMMON),
        ("2026-Welcome-2026", PasswordFault.COMMON),
        ("correct horse battery staple", PasswordFault.COMMON),
        ("Administrator1", PasswordFault.COMMON),
        ("123456789012", PasswordFault.PATTERN),
        ("qwertyuiop[]12", PasswordFault.COMMON),
        ("asdfghjklpoiuytrewq", PasswordFault.PATTERN),
        ("abcdefghijklmnop", PasswordFault.PATTERN),
        ("aaaaaaaaaaaaaaaa", PasswordFault.PATTERN),
        ("zyxwvutsrqponm", PasswordFault.PATTERN),
        ("lampslampslamps", PasswordFault.PATTERN),
        ("............", PasswordFault.PATTERN),
    ],
)
def test_passwords_that_are_tried_first_are_refused(password: str, fault: PasswordFault) -> None:
    with pytest.raises(PasswordRefusedError) as raised:
        check_password(password, name="rosa.lopez", least=12)
    assert raised.value.fault is fault
    assert password not in str(raised.value)


@pytest.mark.parametrize(
    "password",
    [
        RIGHT,
        "lámparas en la colina",
        "ночь улица фонарь",
        "夜の街灯は静かに光っていた",
        "rosas for my mother",
        "x7$kQ-w9!vTz",
    ],
)
def test_passwords_of_any_make_are_taken(password: str) -> None:
    check_password(password, name="rosa", least=12)
    hasher = Hasher(memory_mb=1, rounds=1, lanes=1)
    assert hasher.check(password, hasher.hash(password)).is_right


@given(st.text(max_size=300))
def test_rules_judge_any_text(password: str) -> None:
    is_taken = True
    with suppress(PasswordRefusedError):
        check_password(password, name="rosa", least=8)
        normal = unicodedata.normalize("NFKC", password)
        is_taken = 8 <= len(normal) <= rules.MAX_LENGTH and len(set(normal.casefold())) >= rules.LEAST_DISTINCT
    assert is_taken


def test_the_list_holds_what_is_tried_first() -> None:
    listed = rules.common_passwords()
    assert {"password", "changeme", "qwertyuiop", "correcthorsebatterystaple", "contraseña"} <= listed
    assert all(word == rules._fold(word) for word in listed)


def test_a_check_for_nobody_is_wrong_and_costs_one_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = Hasher(memory_mb=1, rounds=1, lanes=1)
    hasher.prepare()
    costs: list[str] = []
    verify = Argon2Hasher.verify

    def counted(self: Any, password: str, known: str) -> bool:
        costs.append(known)
        return verify(self, password, known)

    monkeypatch.setattr(Argon2Hasher, "verify", counted)
    assert not hasher.check("nobody's", None).is_right
    assert not hasher.check(WRONG, hasher.hash(RIGHT)).is_right
    assert len(costs) == 2


def test_no_setting_makes_hashes_cheap() -> None:
    assert Settings().password_memory_mb >= 19
    for cheap in ({"password_memory_mb": 18}, {"password_rounds": 1}, {"password_length": 7}, {"sign_in_attempts": 2}):
        with pytest.raises(ValidationError):
            Settings.model_validate(cheap)


def test_a_hash_of_the_settings_takes_a_moment() -> None:
    """Not a benchmark: that the parameters reach argon2 is what is looked at."""
    hashed = Hasher(memory_mb=19, rounds=2, lanes=1).hash(f"{RIGHT}{time.time()}")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
