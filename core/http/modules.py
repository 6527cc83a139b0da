"""What a page always loads is sent as one script: on a bad line each file more is a trip more.

The modules in `web/` stay as they are written, and nothing is built: an edition is joined when a process reads it. Each
becomes a function in `app.js`, called at once, in the order in which the browser would have run them, and hands on what
it exports by its name in `$modules`. What is loaded later finds there what runs already, so that nothing runs twice.

It reads the few forms of import and export that `web/` uses, at the beginning of a line, and refuses others. What
others made may be on one line, its imports first and its one list of exports last.

Comments that have lines of their own, types and the space before a line are a quarter of a packed script: they stay
at home.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from posixpath import dirname, join, normpath

_NAMES = r"\{(?P<names>[^{}]*)\}"
_PATH = r"""["'](?P<path>[^"']+)["']\s*;?"""
_IMPORT = re.compile(
    rf"^import\s*(?:(?P<default>\w+)\s*,?\s*)?(?:\*\s*as\s+(?P<all>\w+)\s*|{_NAMES}\s*)?(?:from\s*)?{_PATH}",
    re.MULTILINE,
)
_IMPORT_LATER = re.compile(r"""\bimport\((?P<quote>["'`])(?P<path>\.{1,2}/)""")
_HAND_ON = re.compile(rf"^export\s*{_NAMES}\s*from\s*{_PATH}", re.MULTILINE)
_EXPORT_LIST = re.compile(rf"(?:^|(?<=[;}}]))export\s*{_NAMES}\s*;?", re.MULTILINE)
_EXPORT_DEFAULT = re.compile(
    r"(?:^|(?<=[;}]))export\s+default\s+(?P<named>(?:async\s+)?function\s+(?P<name>\w+))?", re.MULTILINE
)
_EXPORT = re.compile(r"^export\s+(?=(?:async\s+function|function|class|const)\s+(?P<name>\w+))", re.MULTILINE)
_SPARED = re.compile(r"^[ \t]*//.*\n|^[ \t]*/\*\*\n(?:.*\n)*?[ \t]*\*/\n|/\*\* [^*]*\*/ ?|^[ \t]+", re.MULTILINE)
"""Not a comment after code on its line: a `//` there may be in words, or end a component. No words hold a `/**`."""
_LEFT = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)

Files = Mapping[str, bytes]


class ModuleError(Exception):
    """A module is written in a form that cannot be joined."""


def imports(name: str, files: Files) -> Iterator[str]:
    """The modules of ours that a module imports when it is loaded."""
    text = _text(name, files)
    for found in (*_IMPORT.finditer(text), *_HAND_ON.finditer(text)):
        yield _named(name, found["path"])


def in_order(entry: str, files: Files) -> list[str]:
    """A module after all that it imports when it is loaded, each once. Raises `ModuleError` where some import each
    other in a circle."""
    order: list[str] = []

    def visit(name: str, on_the_way: tuple[str, ...]) -> None:
        if name in on_the_way:
            raise ModuleError(f"{' imports '.join((*on_the_way, name))}: a circle")
        if name not in order:
            for wanted in imports(name, files):
                visit(wanted, (*on_the_way, name))
            order.append(name)

    visit(entry, ())
    return order


def joined(order: Sequence[str], files: Files, *, root: str) -> bytes:
    """The modules as one script. `root` is the address of `files`, for what is imported later."""
    blocks = "".join(_block(name, files, root=root) for name in order)
    return f"const $modules = (globalThis.$modules = {{}});\n{blocks}".encode()


def apart(name: str, files: Files, together: frozenset[str], *, root: str) -> bytes:
    """A module that is loaded later. What it imports of `together` runs already, or else is loaded now: that belongs to
    another face's script."""

    def found(said: re.Match[str]) -> str:
        wanted = _named(name, said["path"])
        if wanted not in together:
            return said[0]
        return _taken(said, f'globalThis.$modules?.["{wanted}"] ?? (await import("{root}/{wanted}"))')

    return _IMPORT.sub(found, _text(name, files)).encode()


def _block(name: str, files: Files, *, root: str) -> str:
    """One module in a scope of its own."""
    exported: dict[str, str] = {}

    def take(said: re.Match[str]) -> str:
        return _taken(said, f'$modules["{_named(name, said["path"])}"]')

    def hand_on(said: re.Match[str]) -> str:
        source = f'$modules["{_named(name, said["path"])}"]'
        exported.update({theirs: f"{source}.{ours}" for ours, theirs in _pairs(said["names"])})
        return ""

    def list_up(said: re.Match[str]) -> str:
        exported.update({theirs: ours for ours, theirs in _pairs(said["names"])})
        return ""

    def default(said: re.Match[str]) -> str:
        exported["default"] = said["name"] or "$default"
        return said["named"] or "const $default = "

    def declare(said: re.Match[str]) -> str:
        exported[said["name"]] = said["name"]
        return ""

    text = _text(name, files)
    for form, change in (
        (_IMPORT, take),
        (_HAND_ON, hand_on),
        (_EXPORT_LIST, list_up),
        (_EXPORT_DEFAULT, default),
        (_EXPORT, declare),
    ):
        text = form.sub(change, text)
    if left := _LEFT.search(text):
        raise ModuleError(f"{name}: {left[0]}")
    text = _IMPORT_LATER.sub(lambda said: f"import({said['quote']}{_from_root(name, said['path'], root)}", text)
    handed = ", ".join(theirs if theirs == ours else f"{theirs}: {ours}" for theirs, ours in exported.items())
    return f'$modules["{name}"] = (() => {{\n{text}\nreturn {{ {handed} }};\n}})();\n'


def _taken(said: re.Match[str], source: str) -> str:
    """What an import is called by whoever imports it, taken from an object."""
    if said["all"]:
        return f"const {said['all']} = {source};"
    pairs = [*_pairs(said["names"] or ""), *([("default", said["default"])] if said["default"] else [])]
    names = ", ".join(ours if ours == theirs else f"{ours}: {theirs}" for ours, theirs in pairs)
    return f"const {{ {names} }} = {source};"


def _pairs(names: str) -> Iterator[tuple[str, str]]:
    """`a, b as c` as (a, a) and (b, c)."""
    for part in filter(None, (part.strip() for part in names.split(","))):
        first, _, second = part.partition(" as ")
        yield first.strip(), (second or first).strip()


def _text(name: str, files: Files) -> str:
    try:
        text = files[name].decode()
    except KeyError as problem:
        raise ModuleError(f"there is no module {name}") from problem
    return text if name.startswith("vendor/") else _SPARED.sub("", text)


def _named(importer: str, path: str) -> str:
    """The name of a module by the path that another one imports it by; `/web/…` is how an entry may say it."""
    return path.removeprefix("/web/") if path.startswith("/web/") else normpath(join(dirname(importer), path))


def _from_root(importer: str, path: str, root: str) -> str:
    """Where a path begins that goes on with what is not known yet."""
    return f"{root}/{normpath(join(dirname(importer), path))}/"
