"""WS-Management's envelopes: what is asked taken out of one, what is answered put into another."""

import uuid
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from xml.sax.saxutils import escape

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
POWERSHELL = "http://schemas.microsoft.com/powershell"
FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
NAMES = {"s": SOAP, "a": ADDRESSING, "w": WSMAN, "rsp": SHELL, "x": TRANSFER, "ps": POWERSHELL}
LONGEST = 60.0
"""Seconds of an operation that names no time of its own."""
TIMED_OUT, NO_SHELL, UNSUPPORTED = 0x80338029, 0x8033805B, 0x80338000


@dataclass(frozen=True)
class Question:
    action: str
    message_id: str
    resource: str
    shell_id: str
    seconds: float
    body: ET.Element

    @property
    def kind(self) -> str:
        """Create, Command, Send, Receive, Signal, Delete."""
        return self.action.rsplit("/", 1)[-1]


class SoapFault(Exception):  # noqa: N818 - WS-Management's own word
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def body(self) -> str:
        text = escape(str(self))
        return (
            "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:InternalError</s:Value></s:Subcode></s:Code>"
            f'<s:Reason><s:Text xml:lang="en-US">{text}</s:Text></s:Reason><s:Detail>'
            f'<f:WSManFault xmlns:f="{FAULT}" Code="{self.code}" Machine="lab"><f:Message>{text}</f:Message></f:WSManFault>'
            "</s:Detail></s:Fault>"
        )


def question(raw: bytes) -> Question:
    """Raises ParseError or ValueError for what is no question."""
    root = ET.fromstring(raw)  # noqa: S314 - as above
    head, body = root.find("s:Header", NAMES), root.find("s:Body", NAMES)
    if head is None or body is None:
        raise ValueError("no header or no body")
    shell = head.find("w:SelectorSet/w:Selector[@Name='ShellId']", NAMES)
    return Question(
        action=head.findtext("a:Action", "", NAMES),
        message_id=head.findtext("a:MessageID", "", NAMES),
        resource=head.findtext("w:ResourceURI", "", NAMES),
        shell_id=("" if shell is None else shell.text or "").upper(),
        seconds=_seconds(head.findtext("w:OperationTimeout", "", NAMES)),
        body=body,
    )


def _seconds(text: str) -> float:
    """An xs:duration of seconds alone, which is all that is sent here."""
    return float(text[2:-1]) if text.startswith("PT") and text.endswith("S") else LONGEST


def envelope(action: str, relates_to: str, body: str) -> bytes:
    names = "".join(f' xmlns:{short}="{long}"' for short, long in NAMES.items())
    head = (
        f"<a:Action>{action}</a:Action><a:MessageID>uuid:{uuid.uuid4()}</a:MessageID>"
        f"<a:RelatesTo>{relates_to}</a:RelatesTo><a:To>{ADDRESSING}/role/anonymous</a:To>"
    )
    return f"<s:Envelope{names}><s:Header>{head}</s:Header><s:Body>{body}</s:Body></s:Envelope>".encode()
