"""The benchmark asks for every page that a browser can: a page whose address it cannot fill fails."""

import pytest

from benchmarks.pages.asking import PageRoute, list_pages
from benchmarks.pages.jobs import JOB_VALUES
from benchmarks.pages.office import OFFICE_VALUES
from models.vocabulary import Role

PAGES = list_pages()


@pytest.mark.parametrize("page", PAGES, ids=[page.path for page in PAGES])
def test_the_benchmark_has_a_value_for_each_part_of_an_address(page: PageRoute) -> None:
    missing = [name for name in page.names if name not in OFFICE_VALUES | JOB_VALUES]
    assert missing == [], f"say in benchmarks/pages what {missing} is in the address {page.path}"
    address = page.address(dict.fromkeys(page.names, "a b/c"))
    assert "{" not in address
    assert ("a%20b%2Fc" in address) is bool(page.names)


def test_each_page_is_asked_for_by_whoever_sees_most_of_it() -> None:
    roles = {page.path: page.role for page in PAGES}
    assert roles["/work"] is Role.AGENT
    assert roles["/today"] is Role.PLANNER
    assert roles["/time/{name}"] is Role.ANALYST
    assert roles["/system/audit"] is Role.ADMIN
    assert roles["/sign-in"] is None
