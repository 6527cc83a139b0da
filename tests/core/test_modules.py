"""Modules that are joined run as the browser would have run them; a form that cannot be joined is refused."""

import pytest

from core.http.modules import ModuleError, apart, in_order, joined
from core.http.pages import WEB, served_files

FILES = {
    "a/app.js": b"import { start } from '../b/start.js';\nimport * as store from '../b/store.js';\nstart(store);\n",
    "b/start.js": b"import keep, { kept as own } from './store.js';\nexport const start = () => import('./late.js');\n",
    "b/store.js": b"export default function keep() {}\nconst own = 1;\nexport { own as kept };\n",
    "b/late.js": b"import { start } from './start.js';\nimport { x } from './other.js';\nexport default start;\n",
}


def test_what_is_imported_runs_first_and_once() -> None:
    assert in_order("a/app.js", FILES) == ["b/store.js", "b/start.js", "a/app.js"]


def test_a_module_takes_what_others_hand_on_by_its_name() -> None:
    script = joined(in_order("a/app.js", FILES), FILES, root="/web/1").decode()

    assert 'const { kept: own, default: keep } = $modules["b/store.js"];' in script
    assert 'const store = $modules["b/store.js"];' in script
    assert "return { kept: own, default: keep };" in script
    assert "import('/web/1/b/late.js')" in script, "what comes later comes from where it lies"


def test_what_is_loaded_later_takes_what_runs_already() -> None:
    late = apart("b/late.js", FILES, frozenset({"b/start.js"}), root="/web/1").decode()

    taken = 'globalThis.$modules?.["b/start.js"] ?? (await import("/web/1/b/start.js"))'
    assert late == f"const {{ start }} = {taken};\nimport {{ x }} from './other.js';\nexport default start;\n"


def test_words_for_readers_of_the_code_stay_at_home() -> None:
    written = (
        b"// What it is for.\n\n/**\n * @param {*} one\n */\nexport const link = (/** @type {string} */ one) => {\n"
        b"  // Why.\n  return `<a href='//x'>${one}<//>`; // so\n};\n"
    )

    sent = apart("b/new.js", {"b/new.js": written}, frozenset(), root="/web/1").decode()

    assert sent == "\nexport const link = (one) => {\nreturn `<a href='//x'>${one}<//>`; // so\n};\n"


@pytest.mark.parametrize(
    "form",
    [
        b"export * from './store.js';",
        b"export let changing = 1;",
        b"export const { a, b } = both;",
        b"export var old = 1;",
    ],
)
def test_a_form_that_cannot_be_joined_is_refused(form: bytes) -> None:
    with pytest.raises(ModuleError, match=r"b/new\.js"):
        joined(["b/new.js"], FILES | {"b/new.js": form}, root="/web/1")


def test_modules_that_import_each_other_are_refused() -> None:
    circle = {"a.js": b"import { b } from './b.js';\n", "b.js": b"import { a } from './a.js';\n"}

    with pytest.raises(ModuleError, match=r"a\.js imports b\.js imports a\.js"):
        in_order("a.js", circle)


def test_a_module_that_is_not_there_is_named() -> None:
    with pytest.raises(ModuleError, match=r"no module gone\.js"):
        in_order("a.js", {"a.js": b"import './gone.js';\n"})


def test_every_module_of_the_pages_can_be_joined() -> None:
    files = {file.relative_to(WEB).as_posix(): file.read_bytes() for file in served_files(WEB)}
    ours = [name for name in files if name.endswith(".js") and not name.startswith(("vendor/qr", "docs/"))]

    assert len(ours) > 30
    for name in ours:
        assert joined([name], files, root="/web/1")
