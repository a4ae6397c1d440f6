"""The same domain asked by OpenLDAP's own tool and read as an export: both say the same of every computer."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from reconcile.client.ldap.search import COMPUTERS
from reconcile.settings import Directory
from reconcile.source.directory import read_directory
from reconcile.source.live.directory.reading import ATTRIBUTES
from tests.client.ldap.domain import Domain, place
from tests.source.live.directory.pulling import puller

ONLY_LIVE = {"protectedFromAccidentalDeletion", "bitlockerKeys"}
"""What the export was not asked for."""


def export(domain: Domain, folder: Path) -> Path:
    assert domain.admin.user
    assert domain.admin.password
    who = ["-x", "-H", domain.url, "-D", domain.admin.user, "-w", domain.admin.password]
    how = ["-b", "DC=example,DC=test", "-E", "pr=1000/noprompt", COMPUTERS, *ATTRIBUTES[:-2]]
    found = subprocess.run(
        ["ldapsearch", *who, *how],
        check=True,
        capture_output=True,
        env=os.environ | {"LDAPTLS_CACERT": str(domain.ca_file)},
    )
    file = folder / "export.ldif"
    file.write_bytes(found.stdout)
    return file


@pytest.mark.live_ad
def test_every_computer_is_as_ldapsearch_shows_it(real_domain: Domain, tmp_path: Path) -> None:
    with place(real_domain) as one:
        one.computer(operatingSystem="Windows 11 Enterprise", servicePrincipalName=["HOST/seen", "HOST/seen.test"])
        one.computer(userCertificate=[bytes(range(256)), b"\x00second"], userAccountControl="4098")
        one.computer(dNSHostName="größe.example.test")
    pulled = puller(real_domain, tmp_path).pull().rows
    read = read_directory([export(real_domain, tmp_path)], tmp_path, Directory()).table

    exported: dict[str, dict[str, Any]] = {
        row["objectGUID"]: row for row in read.drop_columns(["file", "row"]).to_pylist()
    }
    assert len(exported) >= 4
    assert exported.keys() == pulled.keys()
    for guid, row in exported.items():
        said = {name: value for name, value in row.items() if name not in ONLY_LIVE | {"objectGUID"}}
        assert {name: pulled[guid][name] for name in said} == said
