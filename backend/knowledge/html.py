"""HTML: what a reader of the page would see. Nothing of it runs, and nothing is loaded."""

from collections.abc import Iterator

from lxml import etree, html

from backend.domain.documents import DocumentUnreadable
from backend.knowledge.blocks import Block, Read, bounded, row

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
#: What is not the page's own text.
_UNSEEN = (
    *("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math"),
    *("head", "nav", "form", "button", "select", "textarea", "canvas", "audio", "video"),
)
#: What begins a new line.
_APART = (
    *("p", "div", "section", "article", "main", "header", "footer", "aside", "blockquote", "pre"),
    *("ul", "ol", "li", "dl", "dt", "dd", "table", "tr", "figure", "figcaption", "address"),
    *("details", "summary", "body", "html", "hr", "br"),
)
#: Stands before the text of a table's cell until its row is put together.
_CELL = "\x1f"


def read_html(text: str) -> Read:
    """Raises DocumentTooLarge, DocumentUnreadable."""
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise DocumentUnreadable from error
    return Read(format="html", blocks=bounded(_blocks(root)))


def _blocks(root: html.HtmlElement) -> Iterator[Block]:
    said: list[str] = []
    for event, element in etree.iterwalk(_seen(root), events=("start", "end")):
        name = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if name in _APART or name in _HEADINGS:
                yield Block(text=_joined(said))
                said = []
            if name not in ("td", "th"):
                said.append(element.text or "")
            else:
                said.append(_CELL + (element.text or ""))
            continue
        if name in _HEADINGS:
            yield Block(text=_joined(said), level=_HEADINGS[name])
            said = []
        elif name in _APART:
            yield Block(text=_joined(said))
            said = []
        said.append(element.tail or "")
    yield Block(text=_joined(said))


def _joined(said: list[str]) -> str:
    text = " ".join("".join(said).replace(_CELL, f" {_CELL} ").split(" "))
    if _CELL in text:
        return row(text.split(_CELL)[1:])
    return " ".join(text.split())


def _seen(root: html.HtmlElement) -> html.HtmlElement:
    """The tree without what no reader sees."""
    hidden = [
        element
        for element in root.iter()
        if isinstance(element.tag, str) and (element.tag in _UNSEEN or _is_hidden(element))
    ]
    for element in hidden:
        if element.getparent() is not None:
            element.drop_tree()
    return root


def _is_hidden(element: html.HtmlElement) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or "display:none" in style
        or "visibility:hidden" in style
    )
