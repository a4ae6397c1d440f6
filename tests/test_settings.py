import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from reconcile import settings
from reconcile.errors import SettingsError
from reconcile.settings import (
    Agents,
    Azure,
    Directory,
    Entra,
    Limits,
    Policy,
    Settings,
    Sync,
    Tenant,
    azure_environment,
    ldap_password,
    load,
    template,
)


def loaded(folder: Path, text: str) -> Settings:
    file = folder / "settings.toml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def refused(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as error:
        loaded(folder, text)
    assert error.value.exit_code == 2
    return str(error.value).removeprefix(f"{folder / 'settings.toml'}")


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert load(tmp_path / "settings.toml") == Settings()


def test_the_template_as_it_is_written_changes_nothing(tmp_path: Path) -> None:
    assert loaded(tmp_path, template()) == Settings()


def test_the_defaults_are_those_of_the_rules() -> None:
    policy = Policy()
    assert (policy.stale_days, policy.agent_fresh_days, policy.new_days, policy.recently_active_days, policy.lift) == (
        90,
        14,
        14,
        30,
        (),
    )
    assert Limits().max_rejected == 0.01


def test_every_key_is_read(tmp_path: Path) -> None:
    text = """
        tenant = {id = "c0ffee00-0000-4000-8000-000000000001", name = "contoso.example"}
        entra = {live = true, endpoint = "https://graph.microsoft.us", credential = "certificate", client_id = "c0ffee00-0000-4000-8000-00000000000a", ca_file = "ca.pem", also = ["owners", "deleted"], full_every = 3, complete = true}
        agents = {live = true, transport = "ssh", user = "svc", auth = "basic", port = 2222, ca_file = "ca.pem", certificate_file = "cert", key_file = "key", known_hosts = "known", jump = "svc@gate", at_once = 9, per_site = 3, trust_mtime = false}
        limits = {max_rejected = 0.5, writes_per_second = 5}
        sync = {server = "connect1", user = "ada", auth = "basic", ca_file = "ca.pem"}
        [directory]
        live = true
        servers = ["ldaps://dc1.example.test"]
        domains = ["example.test"]
        bind = "ntlm"
        user = "svc@example.test"
        users = {"other.test" = "svc@other.test"}
        password_file = "secret"
        ca_file = "ca.pem"
        write_server = "ldap://dc1.example.test"
        exclude = ["OU=Kiosks,DC=example,DC=test"]
        full_every = 3
        date_format = "%d.%m.%Y %H:%M:%S"
        date_zone = "Europe/Berlin"
        complete = true
        [policy]
        stale_days = 120
        agent_fresh_days = 7
        new_days = 0
        recently_active_days = 60
        lift = ["server", "managed"]
    """
    expected = Settings(
        Tenant("c0ffee00-0000-4000-8000-000000000001", "contoso.example"),
        Entra(
            live=True,
            endpoint="https://graph.microsoft.us",
            credential="certificate",
            client_id="c0ffee00-0000-4000-8000-00000000000a",
            ca_file="ca.pem",
            also=("owners", "deleted"),
            full_every=3,
            complete=True,
        ),
        Directory(
            live=True,
            servers=("ldaps://dc1.example.test",),
            domains=("example.test",),
            bind="ntlm",
            user="svc@example.test",
            users={"other.test": "svc@other.test"},
            password_file="secret",
            ca_file="ca.pem",
            write_server="ldap://dc1.example.test",
            exclude=("OU=Kiosks,DC=example,DC=test",),
            full_every=3,
            date_format="%d.%m.%Y %H:%M:%S",
            date_zone="Europe/Berlin",
            complete=True,
        ),
        Agents(
            live=True,
            transport="ssh",
            user="svc",
            auth="basic",
            port=2222,
            ca_file="ca.pem",
            certificate_file="cert",
            key_file="key",
            known_hosts="known",
            jump="svc@gate",
            at_once=9,
            per_site=3,
            trust_mtime=False,
        ),
        Policy(120, 7, 0, 60, ("server", "managed")),
        Limits(0.5, 5.0),
        Sync("connect1", "ada", "basic", "ca.pem"),
    )
    assert loaded(tmp_path, text) == expected
    for section in fields(expected):
        for item in fields(getattr(expected, section.name)):
            assert getattr(getattr(expected, section.name), item.name) != getattr(
                getattr(Settings(), section.name), item.name
            )


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert loaded(tmp_path, "\ufeff[policy]\nstale_days = 100").policy.stale_days == 100


def test_a_whole_number_may_stand_for_a_share(tmp_path: Path) -> None:
    assert loaded(tmp_path, "[limits]\nmax_rejected = 1").limits.max_rejected == 1.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[polcy]", " polcy: there is no such setting; did you mean policy?"),
        ("[policy]\nstale_day = 100", " policy stale_day: there is no such setting; did you mean stale_days?"),
        ("[policy]\nzz = 1\nqq = 2", " policy qq: there is no such setting"),
        ("policy = 3", " policy: must be a table, not 3"),
    ],
)
def test_a_key_that_is_none_is_named_with_the_one_it_may_mean(tmp_path: Path, text: str, said: str) -> None:
    assert refused(tmp_path, text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[policy]\nstale_days = "100"', " policy stale_days: must be a whole number, not '100'"),
        ("[policy]\nstale_days = true", " policy stale_days: must be a whole number, not True"),
        ("[policy]\nstale_days = 90.0", " policy stale_days: must be a whole number, not 90.0"),
        ("[entra]\nlive = 1", " entra live: must be true or false, not 1"),
        ("[tenant]\nname = 1", " tenant name: must be a text, not 1"),
        ('[policy]\nlift = "server"', " policy lift: must be a list, not 'server'"),
        ("[policy]\nlift = [1]", " policy lift: must be a list of texts, not 1"),
        ('[limits]\nmax_rejected = "1 %"', " limits max_rejected: must be a number, not '1 %'"),
    ],
)
def test_a_value_of_another_type_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert refused(tmp_path, text) == said


@pytest.mark.parametrize("days", [20, 0, -1])
def test_a_stale_threshold_below_21_days_is_refused(tmp_path: Path, days: int) -> None:
    assert refused(tmp_path, f"[policy]\nstale_days = {days}").startswith(f" policy stale_days: {days} is refused")
    assert loaded(tmp_path, "[policy]\nstale_days = 21").policy.stale_days == 21


@pytest.mark.parametrize("name", ["agent_fresh_days", "new_days", "recently_active_days"])
@pytest.mark.parametrize("days", [-1, 36_501])
def test_days_are_within_a_hundred_years(tmp_path: Path, name: str, days: int) -> None:
    assert refused(tmp_path, f"[policy]\n{name} = {days}") == f" policy {name}: must be from 0 to 36500"


def test_only_a_protection_can_be_lifted(tmp_path: Path) -> None:
    assert refused(tmp_path, '[policy]\nlift = ["servers"]').startswith(
        " policy lift: 'servers' is no protection; there are autopilot, "
    )


@pytest.mark.parametrize("share", ["-0.1", "1.1", "nan", "inf"])
def test_a_share_is_from_nothing_to_all(tmp_path: Path, share: str) -> None:
    assert refused(tmp_path, f"[limits]\nmax_rejected = {share}") == " limits max_rejected: must be a share from 0 to 1"


@pytest.mark.parametrize(
    "text", ["contoso.example", "", "c0ffee00-0000-4000-8000-00000000000", "{c0ffee00-0000-4000-8000-000000000001}"]
)
def test_a_tenant_is_a_guid(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, f'[tenant]\nid = "{text}"') == f" tenant id: must be a GUID, not {text!r}"


@pytest.mark.parametrize("line", ['date_format = "%d.%m.%Y"', 'date_zone = "Europe/Berlin"'])
def test_a_date_format_goes_with_its_zone(tmp_path: Path, line: str) -> None:
    assert refused(tmp_path, f"[directory]\n{line}") == " directory: date_format and date_zone go together"


@pytest.mark.parametrize("zone", ["Europe/Berlln", "", "Europe", "../etc", "CET+"])
def test_a_zone_that_is_none_is_refused(tmp_path: Path, zone: str) -> None:
    text = f'[directory]\ndate_format = "%d.%m.%Y"\ndate_zone = "{zone}"'
    assert refused(tmp_path, text).startswith(" directory date_zone: must be a time zone such as Europe/Berlin, not")


@pytest.mark.parametrize("style", ["%d.%m.%Y", "%m/%d/%Y %I:%M:%S %p", "%d.%m.%y %H:%M", "%Y-%m-%d %H:%M:%S"])
def test_a_date_format_that_gives_back_what_it_wrote_is_taken(tmp_path: Path, style: str) -> None:
    text = f'[directory]\ndate_format = "{style}"\ndate_zone = "UTC"'
    assert loaded(tmp_path, text).directory.date_format == style


@pytest.mark.parametrize("style", ["", "dd.MM.yyyy", "%d.%M.%Y", "%d.%m", "%H:%M", "%m/%d/%Y %I:%M", "%d.%m.%Q", "%"])
def test_a_date_format_that_would_make_dates_old_is_refused(tmp_path: Path, style: str) -> None:
    text = f'[directory]\ndate_format = "{style}"\ndate_zone = "UTC"'
    assert refused(tmp_path, text).startswith(" directory date_format: must be such as %d.%m.%Y %H:%M:%S, not")


@pytest.mark.parametrize(
    "address", ["https://graph.microsoft.us", "https://graph.microsoft.us/", "http://127.0.0.1:8080"]
)
def test_an_endpoint_is_an_address_of_a_server(tmp_path: Path, address: str) -> None:
    assert loaded(tmp_path, f'[entra]\nendpoint = "{address}"').entra.endpoint == address


@pytest.mark.parametrize(
    "address",
    ["", "graph.microsoft.com", "https://", "https://graph.microsoft.com/v1.0", "ftp://graph", "https://g?x=1"],
)
def test_an_endpoint_that_is_none_is_refused(tmp_path: Path, address: str) -> None:
    assert refused(tmp_path, f'[entra]\nendpoint = "{address}"').startswith(
        " entra endpoint: must be such as https://graph.microsoft.com, not"
    )


def test_a_token_is_not_sent_in_the_clear(tmp_path: Path) -> None:
    said = refused(tmp_path, '[entra]\nendpoint = "http://graph.example.test"')
    assert said == " entra endpoint: must be https: tokens are not sent in the clear"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('credential = "password"', " entra credential: 'password' is none of default, managed-identity, "),
        ('also = ["owner"]', " entra also: 'owner' is none of owners, deleted, intune, autopilot, sync-threshold"),
        ('client_id = "app"', " entra client_id: must be a GUID, not 'app'"),
        ("full_every = 0", " entra full_every: must be 1 (every pull is a full one) or more"),
        ("ca_file = 1", " entra ca_file: must be a text, not 1"),
        ("credential = 1", " entra credential: must be a text, not 1"),
    ],
)
def test_what_a_live_pull_cannot_use_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert refused(tmp_path, f"[entra]\n{text}").startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("port = 65536", " port: must be from 0 to 65535"),
        ("at_once = 0", " at_once: must be from 1 to 500"),
        ("per_site = 501", " per_site: must be from 1 to 500"),
        ('live = true\ntransport = "ssh"', " user: must be set: ssh needs one"),
        ('transport = "telnet"', " transport: 'telnet' is none of winrm, ssh"),
        ('auth = "none"', " auth: 'none' is none of negotiate, kerberos, certificate, basic"),
        ('auth = "certificate"', " auth: certificate needs certificate_file and key_file"),
        ('jump = "gate"', " jump: must be such as svc@gate.corp.example.com:22, not 'gate'"),
    ],
)
def test_how_devices_cannot_be_asked_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert refused(tmp_path, f"[agents]\n{text}").startswith(f" agents{said}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("live = true", " servers: must name a domain controller, such as ldaps://dc1.corp.example.com"),
        ('servers = ["dc1.example.test"]', " servers: must be such as ldaps://dc1.corp.example.com, not 'dc1.example"),
        ('servers = ["https://dc1.example.test"]', " servers: must be such as ldaps://dc1.corp.example.com, not"),
        ('servers = ["ldaps://dc1.example.test/DC=a"]', " servers: must be such as ldaps://dc1.corp.example.com, not"),
        ('servers = ["ldaps://dc1.example.test:3269"]', " servers: ldaps://dc1.example.test:3269 is a global catalog"),
        ('write_server = "ldap://dc1.example.test:3268"', " write_server: ldap://dc1.example.test:3268 is a global"),
        ('write_server = "dc1"', " write_server: must be such as ldaps://dc1.corp.example.com, not 'dc1'"),
        ('bind = "plain"', " bind: 'plain' is none of kerberos, simple, ntlm"),
        ('bind = "ntlm"\nservers = ["ldaps://dc1"]', " user: must be set: bind = 'ntlm' needs a user and its password"),
        ("full_every = 0", " full_every: must be 1 (every pull is a full one) or more"),
        ('users = ["a"]', " users: must be a table of texts, not ['a']"),
        ("users = {a = 1}", " users a: must be a text, not 1"),
    ],
)
def test_what_a_controller_cannot_use_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert refused(tmp_path, f"[directory]\n{text}").startswith(f" directory{said}")


def test_a_domain_may_have_a_user_and_a_password_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILE_LDAP_PASSWORD", "most")
    monkeypatch.setenv("RECONCILE_LDAP_PASSWORD_LAB_1_EXAMPLE_NET", "its own")

    assert ldap_password(Directory()) == "most"
    assert ldap_password(Directory(), "lab-1.example.net") == "its own"
    assert ldap_password(Directory(), "other.example.net") is None


def test_a_password_may_stand_in_a_file_that_only_its_owner_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RECONCILE_LDAP_PASSWORD", raising=False)
    file = tmp_path / "secret"
    file.write_text("correct horse\n", encoding="utf-8")
    directory = Directory(password_file=str(file))
    file.chmod(0o640)
    with pytest.raises(SettingsError, match="others may read it: chmod 600 it"):
        ldap_password(directory)
    file.chmod(0o600)

    assert ldap_password(directory) == "correct horse"
    assert ldap_password(Directory()) is None
    with pytest.raises(SettingsError, match="cannot be read"):
        ldap_password(Directory(password_file=str(tmp_path / "none")))


@pytest.mark.parametrize("rate", ["0", "-1", "21", "nan"])
def test_writes_stay_within_the_limit_of_graph(tmp_path: Path, rate: str) -> None:
    assert refused(tmp_path, f"[limits]\nwrites_per_second = {rate}").startswith(
        " limits writes_per_second: must be above 0"
    )


def test_azures_own_variables_are_read_and_empty_ones_are_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for item in fields(Azure):
        monkeypatch.delenv(f"AZURE_{item.name.upper()}", raising=False)
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "correct horse")
    monkeypatch.setenv("AZURE_TENANT_ID", "")

    read = azure_environment()

    assert read == Azure(client_secret="correct horse")
    assert "horse" not in repr(read)


def test_what_is_no_toml_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "[policy\n").startswith(": is not valid TOML: ")


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(b"\x80\x81")
    with pytest.raises(SettingsError, match="is not valid TOML"):
        load(file)


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("directory", "expected"),
    [
        (Directory(), False),
        (Directory(live=True), True),
        (Directory(servers=("ldaps://dc1.example.test",)), True),
        (Directory(domains=("example.test",)), True),
        (Directory(complete=True), False),
    ],
)
def test_a_directory_is_expected_where_it_is_live_or_named(directory: Directory, expected: bool) -> None:  # noqa: FBT001 (a case of the table)
    assert directory.configured is expected


def test_every_protection_is_named_once() -> None:
    assert len(set(settings.PROTECTIONS)) == len(settings.PROTECTIONS) == 18


def unmarked(text: str) -> str:
    """As an operator has it who took away the mark before every key."""
    return re.sub(r"^# (?=\w+ = )", "", text, flags=re.MULTILINE)


def test_the_template_with_every_key_uncommented_can_be_read_and_shows_every_key(tmp_path: Path) -> None:
    whole = tomllib.loads(unmarked(template()))
    loaded(tmp_path, unmarked(template()))
    assert {section: set(keys) for section, keys in whole.items()} == {
        section.name: {item.name for item in fields(getattr(Settings(), section.name))} for section in fields(Settings)
    }


def test_the_template_shows_each_default_or_an_example_of_what_has_none(tmp_path: Path) -> None:
    shown, default = loaded(tmp_path, unmarked(template())), Settings()
    for section in fields(Settings):
        for item in fields(getattr(default, section.name)):
            value = getattr(getattr(default, section.name), item.name)
            if value not in (None, (), {}):
                assert getattr(getattr(shown, section.name), item.name) == value, f"{section.name} {item.name}"
