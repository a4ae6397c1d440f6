"""The scripts beside the code: whole, plain, for Windows PowerShell 5.1, and in the words that the code reads."""

import re
from importlib import resources
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from reconcile.client.device.member import (
    Administrator,
    BuiltIn,
    Certificate,
    CloudJoin,
    Rejoin,
    User,
    WorkplaceJoin,
)
from reconcile.client.device.proof import Who
from reconcile.client.device.script import Name, script
from reconcile.client.device.state import DeviceState

NAMES: tuple[Name, ...] = get_args(Name)
PARAMETERS: dict[Name, dict[str, str]] = {
    "administrator": {"Name": "string", "Password": "System.Security.SecureString"},
    "administrator-restore": {"Sid": "string", "Enabled": "bool", "Member": "bool"},
    "certificates": {},
    "collect": {},
    "leave": {},
    "leave-domain": {"Workgroup": "string", "User": "string", "Password": "System.Security.SecureString"},
    "registrations": {"Sid": "string"},
    "rejoin-off": {},
    "rejoin-restore": {"Task": "string", "Block": "string", "Auto": "string"},
    "restart": {"DelaySeconds": "int"},
    "whoami": {},
}
ACTS = [name for name in NAMES if name not in {"collect", "whoami"}]
READERS = {"collect", "whoami"}
NEWER = re.compile(r"\?\?|\?\.|&&|\|\||-Parallel\b|\bclean\s*\{|\bGet-Error\b|\?\s*\$\w+\s*:")
"""What PowerShell 5.1 does not know."""
CULTURED = re.compile(r"Get-Date\b|\.ToShort|\.ToLong|ToString\(\)")
"""What would write a number or a date as the device's own culture has it."""
FORBIDDEN = re.compile(
    r"Write-(Host|Output|Verbose|Information|Debug)|Invoke-Expression|\biex\b|ConvertTo-SecureString|\bwmic\b"
)
RESERVED = {"args", "input", "matches", "error", "host", "home", "pid", "profile", "event", "sender", "this"}


def files() -> list[Path]:
    folder = resources.files("reconcile.client.device")
    return sorted(Path(str(folder)).rglob("*.ps1"))


def code(text: str) -> str:
    """Without comments and texts in single quotes."""
    text = re.sub(r"'[^'\n]*'", "''", text)
    return re.sub(r"#.*$", "", text, flags=re.MULTILINE)


def parameters(text: str) -> dict[str, str]:
    """Of the script's own block, with the last type that stands before each."""
    start = text.index("\nparam(") + len("\nparam(")
    depth, end = 1, start
    while depth:
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        end += 1
    block = re.sub(r"'[^']*'", "''", text[start : end - 1])
    return {name: kind for kind, name in re.findall(r"\[([\w.]+)\]\s*\$(\w+)", block)}


def test_every_file_is_a_script_of_the_protocol_or_a_part_that_one_includes() -> None:
    whole = {path.stem for path in files() if path.parent.name != "part"}
    parts = {path.stem for path in files() if path.parent.name == "part"}
    included = {name for path in files() for name in re.findall(r"^# include (\w+)$", path.read_text(), re.MULTILINE)}

    assert whole == set(NAMES) == set(PARAMETERS)
    assert parts == included


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_a_file_is_ascii_and_plain(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert text.isascii()
    assert "\t" not in text
    assert "\r" not in text
    assert text.endswith("\n")
    assert max(map(len, text.splitlines())) <= 140


@pytest.mark.parametrize("name", NAMES)
def test_a_script_names_itself_first_and_takes_what_the_protocol_says(name: Name) -> None:
    text = script(name)

    assert text.startswith(f"# reconcile {name}\n")
    assert parameters(text) == PARAMETERS[name]
    assert "# include" not in text
    before_the_block = text.split("[CmdletBinding()]\nparam(")[0]
    assert all(line.startswith("#") for line in before_the_block.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_a_script_is_strict_stops_at_errors_and_prints_one_json_text_last(name: Name) -> None:
    text = script(name)

    assert "Set-StrictMode -Version 3.0" in text
    assert "$ErrorActionPreference = 'Stop'" in text
    assert text.count("ConvertTo-Json -InputObject $Told -Compress -Depth 6") == 1
    assert len(re.findall(r"^ConvertTo-Answer ", text, re.MULTILINE)) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_script_is_balanced_and_keeps_to_what_5_1_knows(name: Name) -> None:
    text = code(script(name))

    for opening, closing in ("()", "{}", "[]"):
        assert text.count(opening) == text.count(closing), opening
    assert not NEWER.search(text)
    assert not CULTURED.search(text)
    assert not FORBIDDEN.search(text)


@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_built_with_a_parameter(name: Name) -> None:
    text = script(name)

    for given in PARAMETERS[name]:
        variable = rf"\$\{{?{given}\b"
        in_quotes = rf'"[^"\n]*(?:{variable}|\$\({variable})[^"\n]*"'
        assert not re.search(in_quotes, text, re.IGNORECASE), given
        assert not re.search(rf"{variable}\s*\+|\+\s*{variable}|-f\b[^\n]*{variable}", text, re.IGNORECASE), given
        assert not re.search(rf"&\s*{variable}|\[scriptblock\]::", text, re.IGNORECASE), given


@pytest.mark.parametrize("name", NAMES)
def test_no_name_stands_for_two_things(name: Name) -> None:
    """PowerShell does not tell $Task from $TASK: what a part calls its own is no parameter of a script that includes it."""
    constants = {found.casefold() for found in re.findall(r"^\$(\w+) =", script(name), re.MULTILINE)}

    assert constants.isdisjoint(given.casefold() for given in PARAMETERS[name])
    assert constants.isdisjoint(RESERVED)


@pytest.mark.parametrize("name", NAMES)
def test_every_function_that_is_called_is_there(name: Name) -> None:
    text = code(script(name))
    own = {found for path in files() for found in re.findall(r"^function ([\w-]+)", path.read_text(), re.MULTILINE)}
    there = set(re.findall(r"^function ([\w-]+)", text, re.MULTILINE))
    called = {word for word in re.findall(r"(?<![\w$.\\-])[A-Z][a-z]+-[A-Za-z]+\b", text) if word in own}

    assert called <= there


@pytest.mark.parametrize("name", NAMES)
def test_only_acts_change_anything(name: Name) -> None:
    changing = re.compile(
        r"\b(Remove-Computer|Remove-LocalUser|(?:Set|New|Enable|Add)-Local\w+|(?:En|Dis)able-ScheduledTask)\b"
    )
    found = set(changing.findall(code(script(name))))

    assert bool(found) <= (name not in READERS)


def test_collect_prints_every_member_that_is_read() -> None:
    text = script("collect")

    for kind in (DeviceState, User, Certificate, CloudJoin, WorkplaceJoin, Administrator, BuiltIn, Rejoin):
        for field in msgspec.structs.fields(kind):
            named = re.search(rf"\b{field.encode_name}\s*=|\['{field.encode_name}'\]\s*=", text)
            assert named, field.name


def test_whoami_prints_every_member_that_is_read() -> None:
    for field in msgspec.structs.fields(Who):
        assert re.search(rf"\b{field.encode_name}\s*=|\['{field.encode_name}'\]\s*=", script("whoami")), field.name


@pytest.mark.parametrize("name", ACTS)
def test_an_act_tells_what_was_before_and_whether_it_did(name: Name) -> None:
    text = script(name)

    assert re.search(r"\bbefore\s*=", text)
    assert re.search(r"\bdid\s*=", text)
    assert "Add-Fault" in text


@pytest.mark.parametrize("name", ["collect", "certificates", "registrations"])
def test_the_issuer_is_compared_part_by_part_and_exactly(name: Name) -> None:
    text = script(name)

    assert re.findall(r"'(?:CN=)?MS-Organization[^']*'", text) == ["'CN=MS-Organization-Access'"]
    assert "-ccontains $ISSUER" in text
    assert not re.search(r"(-c?match|-c?like|StartsWith|IndexOf)[^\n]*\$ISSUER", text, re.IGNORECASE)


@pytest.mark.parametrize("name", ["administrator", "administrator-restore", "collect"])
def test_accounts_and_groups_go_by_their_sids(name: Name) -> None:
    text = script(name)

    assert "'S-1-5-32-544'" in text
    assert not re.search(r"['\"\\]Administrat", text)


@pytest.mark.parametrize("name", ["collect", "leave", "restart"])
def test_programs_of_the_system_are_found_from_a_32_bit_process_too(name: Name) -> None:
    text = script(name)

    assert "'sysnative'" in text
    assert not re.search(r"&\s*['\"]?(dsregcmd|shutdown)", text)


def test_the_registry_is_read_through_net_alone() -> None:
    for name in NAMES:
        assert not re.search(r"HK(LM|CU|U):|Registry::|Get-ItemProperty|Set-ItemProperty|reg\.exe", script(name))


def test_a_user_s_session_is_left_as_it_was() -> None:
    text = script("collect")
    asked = text[text.index("function Get-StatusOf") :]
    cleaning = asked[asked.index("finally") : asked.index("function Get-UserStatus")]

    assert "-LogonType Interactive -RunLevel Limited" in text
    assert "SetAccessRuleProtection($true, $false)" in text
    assert "Unregister-ScheduledTask" in cleaning
    assert "Remove-Item -LiteralPath $folder -Recurse" in cleaning


def test_a_secret_is_made_plain_only_where_nothing_else_is_taken() -> None:
    for name in NAMES:
        assert script(name).count("NetworkCredential]::new('', $Password)") == (name == "administrator")
    assert "PSCredential]::new($User, $Password)" in script("leave-domain")


def test_leaving_a_domain_does_not_restart() -> None:
    assert not re.search(r"-Restart\b", code(script("leave-domain")))
