"""The chart's modules as one script: complete, in order, and with no name twice; served, each is fetched ahead."""

import re
from collections import Counter

import pytest

from api.documents.assets import static_folder, static_text
from api.documents.chart_words import chart_words
from api.documents.render import CHART_SCRIPT
from api.documents.scripts import join_modules
from api.language.texts import ENGLISH
from api.pages.day_chart.showing import CHART_MODULES

NAMED = re.compile(r"^(?:export )?(?:const|function|async function|class) (\w+)", re.MULTILINE)
SAID = re.compile(r"""(?:say|count)\(\s*"([\w.]+)"|#label\("([\w.]+)\"""")


def modules() -> dict[str, str]:
    found = {f"day-chart/{path.name}" for path in (static_folder() / "day-chart").glob("*.js")}
    return {name: static_text(name) for name in sorted(found)}


def test_every_module_is_joined_behind_those_that_it_imports() -> None:
    joined = join_modules(CHART_SCRIPT, static_text)
    places = {}
    for name, text in modules().items():
        body = text[text.index("\n\n") :].split("\n\n")[1].splitlines()[0].removeprefix("export ")
        assert joined.count(body) >= 1, name
        places[name] = joined.index(body)
        for imported in re.findall(r'from "\./([\w-]+\.js)"', text):
            assert f"day-chart/{imported}" in modules()
    assert max(places, key=lambda name: places[name]) == CHART_SCRIPT
    assert "import " not in re.sub(r"//.*", "", joined)


def test_no_name_is_given_twice() -> None:
    names = Counter(name for text in modules().values() for name in NAMED.findall(text))
    assert [name for name, count in names.items() if count > 1] == []


def test_what_the_script_imports_is_fetched_ahead() -> None:
    assert {*CHART_MODULES, CHART_SCRIPT} == set(modules())


def test_all_that_is_said_has_words() -> None:
    words = chart_words(ENGLISH)
    said = {one or other for text in modules().values() for one, other in SAID.findall(text)}
    assert len(said) > 30
    missing = {key for key in said if key not in words and f"{key}.one" not in words}
    assert missing == set()


def test_a_module_in_another_form_is_refused() -> None:
    texts = {"a/one.js": 'import { two } from "./two.js";\ntwo();\n', "a/two.js": "export default 2;\n"}
    with pytest.raises(ValueError, match=r"a/two\.js cannot be joined"):
        join_modules("a/one.js", lambda name: texts[name])
