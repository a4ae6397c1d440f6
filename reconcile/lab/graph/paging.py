"""Pages of a listing: links that lead on, and the faults that make them lead astray."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from reconcile.lab.graph.call import Call
from reconcile.lab.graph.fault import PAGES, Fault
from reconcile.lab.graph.listing import Listing, place_of, token_of
from reconcile.lab.graph.refusal import Refusal, unsupported
from reconcile.lab.graph.wire import Answer, json_answer

NO_FAULT = Fault(kind="lag")


def first_page(call: Call, listing: Listing) -> Answer:
    return _page(call, call.lab.remember(listing), 0)


def next_page(call: Call) -> Answer:
    """Of the listing that the skiptoken belongs to; raises where it has expired."""
    try:
        number, start = place_of(call.ask.query["$skiptoken"])
        listing = call.lab.listings[number]
    except (ValueError, KeyError) as error:
        raise expired_page() from error
    if listing.path != call.ask.path:
        raise expired_page()
    if listing.advanced and not call.eventual():
        raise unsupported("Every page of an advanced query needs the header ConsistencyLevel: eventual.")
    return _page(call, number, start)


def expired_page() -> Refusal:
    return Refusal(400, "Directory_ExpiredPageToken", "The specified page token value has expired.")


@dataclass(frozen=True)
class Place:
    """Which listing, where the page starts and ends, and what is wrong with it."""

    number: int
    start: int
    end: int
    fault: Fault


def _page(call: Call, number: int, start: int) -> Answer:
    listing = call.lab.listings[number]
    armed = call.lab.faults.take(PAGES, call.ask)
    place = Place(number, start, start + listing.size, armed.fault if armed else NO_FAULT)
    body: dict[str, object] = {"@odata.context": listing.context}
    if listing.count is not None and "$skiptoken" not in call.ask.query:
        body["@odata.count"] = listing.count
    body |= _link(call, listing, place)
    keys = [] if place.fault.kind == "empty-page" else listing.keys[start : place.end]
    body["value"] = [item for item in map(listing.fetch, keys) if item is not None]
    return json_answer(200, body)


def _link(call: Call, listing: Listing, place: Place) -> dict[str, str]:
    following = _following(place, listing)
    if following is None:
        return (
            {} if listing.delta is None else {"@odata.deltaLink": linked(call, listing, "$deltatoken", listing.delta)}
        )
    link = linked(call, listing, "$skiptoken", token_of(place.number, following))
    elsewhere = f"https://{place.fault.host}"
    return {
        "@odata.nextLink": link.replace(call.ask.origin, elsewhere, 1) if place.fault.kind == "foreign-link" else link
    }


def _following(place: Place, listing: Listing) -> int | None:
    """Where the next page starts; None when there is none."""
    if place.fault.kind in {"repeat-link", "empty-page"}:
        return place.start
    if place.fault.kind == "foreign-link":
        return place.end
    shift = {"skip-page": listing.size, "overlap": -1}.get(place.fault.kind, 0)
    return place.end + shift if place.end < len(listing.keys) else None


def linked(call: Call, listing: Listing, name: str, token: str) -> str:
    """Absolute. A nextLink holds what was asked before; a deltaLink holds all of it in its token."""
    kept = {} if name == "$deltatoken" else dict(listing.query)
    options = urlencode(kept | {name: token}, safe="$(),='", quote_via=quote)
    return f"{call.base}{quote(listing.path, safe='/$(),=')}?{options}"
