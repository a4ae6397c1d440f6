"""A workstation in sync scope without its cloud row, and what only looks like one."""

from dataclasses import replace

from tests.estate.invention import EMEA
from tests.estate.machines import computer, hybrid_row, joined, server, system_report
from tests.estate.rows import Finds, Story

NEVER = 9_223_372_036_854_775_807


def never_arrived() -> Story:
    quiet, busy = computer("WS-MUC-0301", logon=38), computer("WS-MAD-0305", logon=3, domain=EMEA)
    return Story(
        "no cloud row for a synced workstation",
        "WS-MUC-0301 and WS-MAD-0305 have their join certificate in AD, but the cloud has never heard of them.",
        "in scope, and the cloud is complete without them; the one in use is held",
        (quiet, busy),
        (Finds("orphaned-directory", quiet), Finds("orphaned-directory", busy, "recently-active")),
    )


def left_behind() -> Story:
    old, new = computer("LT-BER-0310", logon=57), joined("LT-BER-0310")
    return Story(
        "computer object left behind",
        "LT-BER-0310 left the domain and is joined to the cloud now; its computer object stayed.",
        "the joined row of its name is no half of the computer",
        (old, new, system_report("LT-BER-0310", 3, slot=new)),
        (Finds("orphaned-directory", old),),
    )


def disabled_in_scope() -> Story:
    gone = replace(computer("WS-MUC-0314", logon=49), control=4098)
    return Story(
        "disabled, in scope, not in the cloud",
        "WS-MUC-0314 was disabled when its user left, and somebody deleted its cloud row by hand.",
        "two findings on one object",
        (gone,),
        (Finds("orphaned-directory", gone), Finds("disabled", gone)),
    )


def first_sync() -> Story:
    new = computer("WS-PAR-0319", logon=1, since=2, domain=EMEA)
    return Story(
        "new computer, waiting for its first sync",
        "WS-PAR-0319 was set up on Saturday.",
        "found, and protected as new",
        (new,),
        (Finds("orphaned-directory", new, "new;recently-active"),),
    )


def out_of_scope() -> Story:
    return Story(
        "never meant for the cloud",
        "WS-HAM-0322 is in the domain and has no join certificate.",
        "without userCertificate it is not synced",
        (computer("WS-HAM-0322", scope=False),),
    )


def name_saves() -> Story:
    row = replace(hybrid_row("WS-HAM-0325"), device_id=None, sid=None)
    return Story(
        "hybrid row without a deviceId",
        "The cloud row of WS-HAM-0325 has lost its deviceId and SID.",
        "what may be its row saves the computer; the row itself matches nothing",
        (row, computer("WS-HAM-0325")),
    )


def servers() -> Story:
    return Story(
        "servers in scope",
        "SRV-APP07 has a join certificate, and no cloud row.",
        "only workstations are expected in the cloud",
        (replace(server("SRV-APP07"), certificates=1),),
    )


def special_accounts() -> Story:
    dc = replace(
        server("DC-MUC-02", logon=210),
        control=532_480,
        group=516,
        certificates=1,
        critical=True,
        path="OU=Domain Controllers",
    )
    rodc = replace(
        server("RODC-PAR-01", domain=EMEA), control=83_890_178, group=521, critical=True, path="OU=Domain Controllers"
    )
    cluster = replace(server("CLU-SQL01", logon=400), services=("MSClusterVirtualServer/CLU-SQL01", "HOST/CLU-SQL01"))
    virtual = replace(cluster, guid=server("CLU-SQL01-FS").guid, sid=server("CLU-SQL01-FS").sid, name="CLU-SQL01-FS")
    virtual = replace(virtual, dns="clu-sql01-fs.corp.contoso.example", sam="CLU-SQL01-FS$", control=4098)
    gmsa = replace(
        computer("gmsa-sql", logon=300, scope=False),
        kind="msDS-GroupManagedServiceAccount",
        os=None,
        version=None,
        dns="gmsa-sql.corp.contoso.example",
        sam="gmsa-sql$",
        path="CN=Managed Service Accounts",
        services=(),
    )
    sso = replace(
        computer("AZUREADSSOACC", since=1500, scope=False),
        os=None,
        version=None,
        dns=None,
        logon=None,
        path="CN=Computers",
        services=("HOST/aadg.windows.net.nsatc.net", "HOST/autologon.microsoftazuread-sso.com"),
    )
    sso = replace(sso, password=server("AZUREADSSOACC", logon=900).password)
    return Story(
        "accounts that are no computers",
        "A domain controller that replicates badly, a disabled RODC, cluster names, a gMSA and Seamless SSO's account.",
        "silent or disabled, they are never found, whatever their dates say",
        (dc, rodc, cluster, virtual, gmsa, sso),
    )


def never_logged_on() -> Story:
    unused = replace(computer("WS-MUC-0331", since=730, scope=False), logon=0, password=None)
    endless = replace(computer("WS-MUC-0332", since=741, scope=False), logon=NEVER, password=0)
    return Story(
        "never logged on",
        "WS-MUC-0331 and WS-MUC-0332 were prepared two years ago; AD serves 0 and its largest number as their times.",
        "never is unknown, and unknown is not old",
        (unused, endless),
    )


def only_in_directory() -> Story:
    silent, old_server = computer("WS-BER-0336", logon=204, scope=False), server("SRV-PRINT02", logon=166)
    off, off_server = (
        replace(computer("WS-BER-0337", logon=44, scope=False), control=4098),
        server("SRV-FILE03", logon=55),
    )
    off_server = replace(off_server, control=4098)
    return Story(
        "forgotten in AD alone",
        "WS-BER-0336 and SRV-PRINT02 have been silent for half a year; WS-BER-0337 and SRV-FILE03 were disabled and left.",
        "AD alone is asked where no cloud row belongs to them; servers are held",
        (silent, old_server, off, off_server),
        (
            Finds("stale", silent),
            Finds("stale", old_server, "server"),
            Finds("disabled", off),
            Finds("disabled", off_server, "server"),
        ),
    )


STORIES = (
    never_arrived(),
    left_behind(),
    disabled_in_scope(),
    first_sync(),
    out_of_scope(),
    name_saves(),
    servers(),
    special_accounts(),
    never_logged_on(),
    only_in_directory(),
)
