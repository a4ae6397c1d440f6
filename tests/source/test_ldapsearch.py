"""What ldapsearch writes says whether the search came to its end."""

import pytest

from reconcile.source.ldapsearch import Search

HEADER = "# extended LDIF\n#\n# LDAPv3\n# base <DC=corp,DC=example> with scope subtree\n# filter: (objectClass=computer)\n# requesting: {}\n#"
PLAIN = "#\n# LDAPv3\n# base <DC=corp,DC=example> with scope subtree\n# filter: (objectClass=computer)\n# requesting: ALL\n#"


def heard(*blocks: str) -> Search:
    search = Search()
    for block in blocks:
        assert search.hear(block.split("\n"))
    return search


def test_a_search_with_its_result_is_proven() -> None:
    search = heard(
        HEADER.format("ALL"), "# search result\nsearch: 2\nresult: 0 Success", "# numResponses: 3\n# numEntries: 2"
    )

    assert search.proven
    assert (search.trouble, search.count, search.extended) == (None, 2, True)


def test_a_result_that_is_not_zero_is_trouble() -> None:
    search = heard(
        HEADER.format("ALL"), "search: 2\nresult: 4 Size limit exceeded", "# numResponses: 1001\n# numEntries: 1000"
    )

    assert search.trouble == "ldapsearch ended with '4 Size limit exceeded'"
    assert not search.proven


def test_an_error_that_was_printed_into_the_file_is_trouble() -> None:
    assert heard(PLAIN, "Size limit exceeded (4)", "# numResponses: 1").trouble
    assert heard(PLAIN, "ldap_result: Can't contact LDAP server (-1)", "# numResponses: 1").trouble


def test_a_search_without_its_result_is_trouble_even_if_it_counts() -> None:
    assert heard(HEADER.format("ALL")).trouble
    assert heard(HEADER.format("ALL"), "# numResponses: 2\n# numEntries: 2").trouble


def test_without_results_the_count_ends_a_search_and_proves_nothing() -> None:
    ended = heard(PLAIN, "# search result", "# numResponses: 3\n# numEntries: 2")

    assert (ended.trouble, ended.count, ended.proven) == (None, 2, False)
    assert heard(PLAIN).trouble


def test_a_search_that_found_nothing_counts_none() -> None:
    assert heard(HEADER.format("ALL"), "result: 0 Success", "# numResponses: 1").count == 0


def test_pages_end_when_the_server_has_no_more() -> None:
    first = "# search result\nsearch: 2\nresult: 0 Success\ncontrol: 1.2.840.113556.1.4.319 false MAUCAQAEAA==\npagedresults: cookie=AQAAAA=="
    last = "search: 3\nresult: 0 Success\npagedresults: cookie="

    assert heard(HEADER.format("ALL"), first).trouble == "the last page says that there are more"
    assert heard(HEADER.format("ALL"), f"{first}\n{HEADER.format('ALL')}").trouble
    assert heard(
        HEADER.format("ALL"), f"{first}\n{HEADER.format('ALL')}", last, "# numResponses: 9\n# numEntries: 7"
    ).proven


def test_pages_are_known_without_comments_too() -> None:
    assert heard("# pagedresults: cookie=").proven
    assert heard("# pagedresults: estimate=9 cookie=AQ==").trouble


def test_counts_of_several_searches_are_added() -> None:
    one = "# numResponses: 3\n# numEntries: 2"

    assert (
        heard(HEADER.format("ALL"), "result: 0 Success", one, HEADER.format("ALL"), "result: 0 Success", one).count == 4
    )


def test_what_was_asked_for_is_known() -> None:
    assert heard(HEADER.format("ALL")).requested == {"*"}
    assert heard(HEADER.format("name userCertificate;binary ")).requested == {"name", "usercertificate"}


def test_referrals_are_counted() -> None:
    assert heard("# search reference\nref: ldap://emea.corp.example/DC=emea", "ref: ldap://b").referrals == 2


@pytest.mark.parametrize(
    "talk",
    [
        "SASL/GSSAPI authentication started\nSASL SSF: 256",
        "version: 1",
        "# CN of an entry, corp",
        "Press [size] Enter for the next {9|size} entries.",
    ],
)
def test_talk_says_nothing(talk: str) -> None:
    assert heard(talk) == Search()


def test_lines_of_an_entry_without_its_name_are_not_understood() -> None:
    assert not Search().hear(["# PC1, Computers", "objectClass: computer", "name: PC1"])
