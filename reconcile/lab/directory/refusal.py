"""What Active Directory refuses, with its result codes and in its own words, which end in a line feed and a zero byte."""

OPERATIONS_ERROR, PROTOCOL_ERROR, SIZE_LIMIT, ADMIN_LIMIT, TIME_LIMIT = 1, 2, 4, 11, 3
BAD_MECHANISM, STRONGER_AUTH, REFERRAL, UNAVAILABLE_EXTENSION = 7, 8, 10, 12
NO_SUCH_ATTRIBUTE, CONSTRAINT, VALUE_EXISTS, INVALID_SYNTAX = 16, 19, 20, 21
NO_SUCH_OBJECT, INVALID_DN, INVALID_CREDENTIALS, INSUFFICIENT_ACCESS = 32, 34, 49, 50
BUSY, UNAVAILABLE, UNWILLING, NAMING_VIOLATION, CLASS_VIOLATION = 51, 52, 53, 64, 65
NON_LEAF, NOT_ON_RDN, ALREADY_EXISTS, OTHER = 66, 67, 68, 80


class Refused(Exception):  # noqa: N818 - the answer, which a caller may well expect
    """A result code, Active Directory's text to it, the nearest object that exists, and where else to ask."""

    def __init__(self, code: int, text: str, matched: str = "", referrals: tuple[str, ...] = ()) -> None:
        super().__init__(f"{code}: {text}")
        self.code, self.text, self.matched, self.referrals = code, text, matched, referrals


def _said(text: str) -> str:
    return f"{text}\n\0"


def no_object(matched: str) -> Refused:
    best = f"data 0, best match of:\n\t'{matched}'"
    return Refused(
        NO_SUCH_OBJECT, _said(f"0000208D: NameErr: DSID-0310028C, problem 2001 (NO_OBJECT), {best}"), matched
    )


def bad_name(dn: str) -> Refused:
    return Refused(
        INVALID_DN,
        _said(f"0000208F: NameErr: DSID-03100225, problem 2006 (BAD_NAME), data 8350, best match of:\n\t'{dn}'"),
    )


def elsewhere(domain: str, url: str) -> Refused:
    text = f"0000202B: RefErr: DSID-03100835, data 0, 1 access points\n\tref 1: '{domain}'"
    return Refused(REFERRAL, _said(text), referrals=(url,))


def exists() -> Refused:
    return Refused(ALREADY_EXISTS, _said("00000524: UpdErr: DSID-031A11E2, problem 6005 (ENTRY_EXISTS), data 0"))


def non_leaf() -> Refused:
    return Refused(NON_LEAF, _said("00002015: UpdErr: DSID-031A122F, problem 6003 (CANT_ON_NON_LEAF), data 0"))


def access_denied() -> Refused:
    return Refused(
        INSUFFICIENT_ACCESS, _said("00000005: SecErr: DSID-031A11ED, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0")
    )


def write_denied() -> Refused:
    return Refused(
        INSUFFICIENT_ACCESS, _said("00002098: SecErr: DSID-031514A0, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0")
    )


def unwilling(code: str = "0000209A") -> Refused:
    """0000209A: access to the attribute is kept to the system; 00002035: the server does no such thing."""
    return Refused(UNWILLING, _said(f"{code}: SvcErr: DSID-031A1262, problem 5003 (WILL_NOT_PERFORM), data 0"))


def unknown_attribute() -> Refused:
    text = "00000057: LdapErr: DSID-0C090FBB, comment: Error in attribute conversion operation, data 0, v4563"
    return Refused(NO_SUCH_ATTRIBUTE, f"{text}\0")


def attribute_trouble(code: int, name: str) -> Refused:
    """NO_SUCH_ATTRIBUTE, CONSTRAINT, VALUE_EXISTS or INVALID_SYNTAX, for one attribute."""
    win32, problem = {
        NO_SUCH_ATTRIBUTE: ("00002085", "1001 (NO_ATTRIBUTE_OR_VAL)"),
        CONSTRAINT: ("0000207B", "1005 (CONSTRAINT_ATT_TYPE)"),
        VALUE_EXISTS: ("00002083", "1006 (ATT_OR_VALUE_EXISTS)"),
        INVALID_SYNTAX: ("00000057", "1004 (WRONG_SYNTAX)"),
    }[code]
    text = f"{win32}: AtrErr: DSID-03152E5B, #1:\n\t0: {win32}: DSID-03152E5B, problem {problem}, data 0, Att {name}"
    return Refused(code, _said(text))


def not_on_rdn() -> Refused:
    return Refused(NOT_ON_RDN, _said("00002016: UpdErr: DSID-031B0E5F, problem 6004 (CANT_ON_RDN), data 0"))


def class_violation() -> Refused:
    return Refused(
        CLASS_VIOLATION, _said("0000207D: UpdErr: DSID-03151100, problem 6002 (OBJ_CLASS_VIOLATION), data 0")
    )


def naming_violation() -> Refused:
    return Refused(NAMING_VIOLATION, _said("00002073: NameErr: DSID-03151B3C, problem 2005 (NAMING_VIOLATION), data 0"))


def no_new_parent() -> Refused:
    return Refused(OTHER, _said("00002089: UpdErr: DSID-031B0D6A, problem 5012 (DIR_ERROR), data 2"))


def unavailable_extension() -> Refused:
    """Also for a cookie of a paged search that is not the server's, or not of this search."""
    text = "00002040: SvcErr: DSID-031401E7, problem 5010 (UNAVAIL_EXTENSION), data 0"
    return Refused(UNAVAILABLE_EXTENSION, _said(text))


def bind_first() -> Refused:
    said = "In order to perform this operation a successful bind must be completed on the connection."
    return Refused(OPERATIONS_ERROR, f"000004DC: LdapErr: DSID-0C090A5C, comment: {said}, data 0, v4563\0")


def stronger_bind() -> Refused:
    said = (
        r"The server requires binds to turn on integrity checking if SSL\TLS are not already active on the connection"
    )
    return Refused(STRONGER_AUTH, f"00002028: LdapErr: DSID-0C090257, comment: {said}, data 0, v4563\0")


def bad_credentials(data: str = "52e") -> Refused:
    """52e: name or password; 532: the password has expired; 533: disabled; 701: the account has expired; 775: locked."""
    text = f"80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data {data}, v4563\0"
    return Refused(INVALID_CREDENTIALS, text)


def bad_mechanism() -> Refused:
    text = "00002027: LdapErr: DSID-0C09055F, comment: Invalid Authentication method, data 0, v4563\0"
    return Refused(BAD_MECHANISM, text)


def unknown_extended() -> Refused:
    text = "0000203D: LdapErr: DSID-0C090C7E, comment: Unknown extended request OID, data 0, v4563\0"
    return Refused(PROTOCOL_ERROR, text)


def no_tls() -> Refused:
    text = "00000000: LdapErr: DSID-0C090F8A, comment: Error initializing SSL/TLS, data 0, v4563\0"
    return Refused(UNAVAILABLE, text)


def tls_already() -> Refused:
    return Refused(
        OPERATIONS_ERROR, "00000000: LdapErr: DSID-0C090F78, comment: TLS or SSL already in effect, data 0, v4563\0"
    )


def system_only() -> Refused:
    """What only the directory itself sets."""
    return Refused(CONSTRAINT, _said("000020B1: UpdErr: DSID-031A1202, problem 6009 (CANT_MOD_SYSTEM_ONLY), data 0"))
