"""What `tests/test_architecture.py` asks of the code: each check yields a sentence for every violation below a root."""

import ast
import graphlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from reconcile import ROOMS

TOP = {"pyproject.toml", "README.md", "tox.ini", "reconcile", "inputs", "reports", "tests"}

HOMES = {
    "aiohttp": ("lab",),
    "asyncssh": ("client", "lab"),
    "azure": ("client",),
    "click": ("cli",),
    "cryptography": ("client", "lab"),
    "httpx": ("client",),
    "kiota_abstractions": ("client",),
    "kiota_authentication_azure": ("client",),
    "kiota_http": ("client",),
    "ldap3": ("client", "lab"),
    "msgraph": ("client",),
    "msgraph_core": ("client",),
    "msgspec": ROOMS[3:],
    "numpy": ROOMS[ROOMS.index("source") :],
    "openpyxl": ("report",),
    "pandas": ("frame", "finding", "report/summary"),
    "psrpcore": ("lab",),
    "pyarrow": ROOMS[3:],
    "pypsrp": ("client",),
    "rich": ("cli",),
    "spnego": ("client", "lab"),
    "sqlite3": ("ledger",),
    "tenacity": ("client",),
}
"""Which rooms, or modules, may import a library. One that is not listed has no home yet."""

CALLS = {
    **dict.fromkeys((f"builtins.{name}" for name in ("print", "input", "breakpoint", "exit", "quit")), "cli"),
    **dict.fromkeys(("sys.exit", "os._exit", "sys.stdin", "sys.stdout", "sys.stderr", "getpass", "logging"), "cli"),
    **dict.fromkeys(("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today"), "cli"),
    **dict.fromkeys(("datetime.date.today", "time", "pandas.Timestamp.now", "pandas.Timestamp.today"), "cli"),
    **dict.fromkeys(("os.environ", "os.environb", "os.getenv", "os.getenvb", "os.path.expandvars"), "settings"),
    **dict.fromkeys(("importlib.import_module", "builtins.__import__", "builtins.eval", "builtins.exec"), "nowhere"),
}
"""The one room that may print, ask the clock, or read the environment; a name stands for all below it."""

APART = {"lab": {"errors", "settings", "workspace"}}
"""Rooms that import no more than these: what tests the client must not share its code."""

BANNED = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc"}

MAX_FILE, MAX_FUNCTION, MAX_COMMAND, MAX_PARAMETERS = 300, 50, 25, 6

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    package: Path
    path: Path

    def __str__(self) -> str:
        return self.path.relative_to(self.package.parent).as_posix()

    @property
    def name(self) -> str:
        """As it is imported."""
        return ".".join(self.path.relative_to(self.package.parent).with_suffix("").parts).removesuffix(".__init__")

    @property
    def place(self) -> str:
        """Below the package: room, or room/module."""
        return "/".join(self.name.split(".")[1:])

    @property
    def room(self) -> str:
        return self.place.split("/")[0]

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(ast.parse(self.path.read_text(encoding="utf-8"))))

    @cached_property
    def functions(self) -> list[Function]:
        return [node for node in self.nodes if isinstance(node, Function)]

    @cached_property
    def aliases(self) -> dict[str, str]:
        """What each imported name stands for."""
        found = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                tops = {item.name.split(".")[0] for item in node.names if not item.asname}
                found.update(
                    {top: top for top in tops} | {item.asname: item.name for item in node.names if item.asname}
                )
            if isinstance(node, ast.ImportFrom):
                found.update({(item.asname or item.name): f"{node.module}.{item.name}" for item in node.names})
        return found

    @cached_property
    def imports(self) -> set[str]:
        """Dotted, also from within functions; of `from a import b` both a and a.b, as b may be a module."""
        found = set()
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found |= {item.name for item in node.names}
            if isinstance(node, ast.ImportFrom):
                above = "." * node.level + (node.module or "")
                found |= {above, *(f"{above}.{item.name}" for item in node.names)}
        return found

    def dotted(self, node: ast.AST) -> str:
        """`datetime.datetime.now`, whatever datetime was imported as; what was not imported is taken for a builtin."""
        if isinstance(node, ast.Attribute):
            above = self.dotted(node.value)
            return above and f"{above}.{node.attr}"
        return self.aliases.get(node.id, f"builtins.{node.id}") if isinstance(node, ast.Name) else ""


def modules(root: Path) -> list[Module]:
    package = root / "reconcile"
    return [Module(package, path) for path in sorted(package.rglob("*.py"))]


def rooms_in_order(root: Path) -> Iterator[str]:
    order = ("", *ROOMS, "__main__")
    for module in modules(root):
        for name in sorted(module.imports):
            room = name.split(".")[1] if name.startswith("reconcile.") else ""
            if name.startswith("."):
                yield f"{module} imports {name}, whose room its name does not say"
            elif module.room not in order:
                yield f"{module} is in no room"
            elif room in order and order.index(room) > order.index(module.room):
                yield f"{module} imports {name}, which stands to its right"


def rooms_apart(root: Path) -> Iterator[str]:
    for module in modules(root):
        allowed = APART.get(module.room, set(ROOMS)) | {module.room}
        for name in sorted(module.imports):
            if name.startswith("reconcile.") and name.split(".")[1] not in allowed:
                yield f"{module} imports {name}, and must do without it"


def no_cycles(root: Path) -> Iterator[str]:
    every = modules(root)
    names = {module.name for module in every}
    try:
        graphlib.TopologicalSorter(
            {module.name: (module.imports & names) - {module.name} for module in every}
        ).prepare()
    except graphlib.CycleError as error:
        yield " imports ".join(error.args[1])


def libraries_at_home(root: Path) -> Iterator[str]:
    for module in modules(root):
        for library in sorted({name.split(".")[0] for name in module.imports}):
            homes = HOMES.get(library)
            if homes is None and library not in {*sys.stdlib_module_names, "reconcile", ""}:
                yield f"{module} imports {library}, which has no home"
            if homes is not None and not any(f"{module.place}/".startswith(f"{home}/") for home in homes):
                yield f"{module} imports {library}, whose home is {', '.join(homes)}"


def only_the_right_room_prints_or_looks(root: Path) -> Iterator[str]:
    for module in modules(root):
        used = {
            module.dotted(node) for node in module.nodes if isinstance(node, ast.Name | ast.Attribute)
        } | module.imports
        for name, room in CALLS.items():
            if module.room != room and any(f"{one}.".startswith(f"{name}.") for one in used):
                yield f"{module} uses {name}, which only {room} may"


def names_that_say_something(root: Path) -> Iterator[str]:
    for module in modules(root):
        if not BANNED.isdisjoint(module.name.split(".")):
            yield f"{module} has a name that says nothing"


def small_files(root: Path) -> Iterator[str]:
    for module in modules(root):
        lines = module.path.read_text(encoding="utf-8").count("\n")
        if lines > MAX_FILE:
            yield f"{module} has {lines} lines"


def is_command(function: Function) -> bool:
    calls = [item.func if isinstance(item, ast.Call) else item for item in function.decorator_list]
    return any(isinstance(call, ast.Attribute) and call.attr in {"command", "group"} for call in calls)


def small_functions(root: Path) -> Iterator[str]:
    for module in modules(root):
        for function in module.functions:
            lines = (function.end_lineno or 0) - function.lineno + 1
            if lines > (MAX_COMMAND if is_command(function) else MAX_FUNCTION):
                yield f"{module} {function.name} has {lines} lines"


def few_parameters(root: Path) -> Iterator[str]:
    for module in modules(root):
        for function in module.functions:
            every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
            count = len([item for item in every if item.arg not in {"self", "cls"}])
            if count > MAX_PARAMETERS:
                yield f"{module} {function.name} has {count} parameters"


def nothing_else_at_the_top(root: Path) -> Iterator[str]:
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    files = subprocess.run(command, cwd=root, capture_output=True, check=True, text=True).stdout.split("\0")
    for name in sorted({file.split("/")[0] for file in files if file}):
        if name not in TOP and not name.startswith("."):
            yield f"{name} does not belong at the top"


Check = Callable[[Path], Iterator[str]]
CHECKS: list[Check] = [
    rooms_in_order,
    rooms_apart,
    no_cycles,
    libraries_at_home,
    only_the_right_room_prints_or_looks,
    names_that_say_something,
    small_files,
    small_functions,
    few_parameters,
    nothing_else_at_the_top,
]
