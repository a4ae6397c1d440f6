from html import unescape
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from reconcile.report.markup import Html, el, join


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags += [tag, *(name for name, _ in attrs)]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@given(st.text())
def test_no_text_becomes_markup(text: str) -> None:
    reader = Reader()
    reader.feed(el("p", text, title=text))
    reader.close()
    assert reader.tags == ["p", "title"]
    assert unescape(el("p", text)) == f"<p>{text}</p>"


def test_markup_made_here_is_kept() -> None:
    assert el("p", el("b", "a<b")) == "<p><b>a&lt;b</b></p>"


def test_names_are_those_of_html_and_what_is_none_is_left_out() -> None:
    assert el("p", None, class_="a", data_kind="b", title=None) == '<p class="a" data-kind="b"></p>'


def test_joined_texts_are_escaped() -> None:
    assert join("<", Html("<br>"), None) == "&lt;<br>"
