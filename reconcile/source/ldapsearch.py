"""What ldapsearch writes around the entries: how the search went, and whether it came to its end."""

import re
from dataclasses import dataclass, field

HEADER = re.compile(r"# (?:extended LDIF|LDAPv\d)$")
COUNT = re.compile(r"# numEntries: (\d+)$")
RESULT = re.compile(r"result: (-?\d+.*)")
COOKIE = re.compile(r"(?:# )?pagedresults: .*cookie=(\S*)$")
ERROR = re.compile(r"[A-Z][^:=]* \((-?\d+)\)$|ldap_\w+[(:].*\((-?\d+)\)$")
TALK = re.compile(r"version:|search:|ref: |control: |SASL[ /]|Press \[size\]|Estimate entries|Enter LDAP Password")
"""Lines outside the entries that say nothing of how the search went."""


@dataclass
class Search:
    """What ldapsearch says of the search, over all pages and searches of the file."""

    results: list[str] = field(default_factory=list)
    count: int | None = None
    cookie: str | None = None
    """Of the last page; "" = the server has no more."""
    requested: frozenset[str] = frozenset()
    """Attributes in lower case, `*` for all of them."""
    referrals: int = 0
    open: bool = False
    """Whether a search has begun and not ended."""
    extended: bool = False
    """Whether each search ends with its result code, as it does without -L."""

    @property
    def proven(self) -> bool:
        """Whether the server itself said that this is all."""
        return self.trouble is None and bool(self.results or self.cookie is not None)

    @property
    def trouble(self) -> str | None:
        """Why the search did not come to its end."""
        failed = next((result for result in self.results if result.split()[0] != "0"), None)
        if failed is not None:
            return f"ldapsearch ended with '{failed}'"
        if self.open:
            return "ldapsearch did not write the end of its search"
        return "the last page says that there are more" if self.cookie else None

    def hear(self, lines: list[str]) -> bool:
        """Take the lines in; False where something else stands there."""
        understood = [self._hear(line) for line in lines if not self._hear_comment(line)]
        return not understood or any(understood)

    def _hear(self, line: str) -> bool:
        if found := RESULT.match(line):
            self.results.append(found[1].strip())
            self.open = False
        elif found := COOKIE.match(line):
            self.cookie = found[1]
        elif found := ERROR.match(line):
            self.results.append(f"{found[1] or found[2]} {line}")
        else:
            self.referrals += line.startswith("ref: ")
            return TALK.match(line) is not None
        return True

    def _hear_comment(self, line: str) -> bool:
        if HEADER.match(line) or line.startswith("# filter: "):
            self.extended |= line == "# extended LDIF"
            self.open = True
        elif line.startswith("# requesting: "):
            names = {name.partition(";")[0] for name in line.removeprefix("# requesting: ").lower().split()}
            self.requested |= {"*"} if names == {"all"} else names
        elif line.startswith("# numResponses: "):
            self.open &= self.extended
            self.count = self.count or 0
        elif found := COUNT.match(line):
            self.count = (self.count or 0) + int(found[1])
        elif line.startswith("#") and (found := COOKIE.match(line)):
            self.cookie = found[1]
        return line.startswith("#")
