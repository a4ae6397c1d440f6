"""/directory/deletedItems: devices that can still be restored."""

from collections.abc import Mapping

from reconcile.lab.graph.call import Call, chosen, found
from reconcile.lab.graph.devices import ignored, plain_count
from reconcile.lab.graph.filters import test_of
from reconcile.lab.graph.listing import Listing
from reconcile.lab.graph.paging import first_page, next_page
from reconcile.lab.graph.refusal import bad
from reconcile.lab.graph.tenant import Row
from reconcile.lab.graph.wire import NOTHING, Answer, json_answer

TYPE = {"@odata.type": "#microsoft.graph.device"}


def list_deleted(call: Call) -> Answer:
    rows = _cast(call)
    if "$skiptoken" in call.ask.query:
        return next_page(call)
    counted, names = call.counted(), call.selected()
    test = test_of(call.ask.query["$filter"]) if "$filter" in call.ask.query else None
    keys = [key for key, row in rows.items() if test is None or test(row)]
    listing = Listing(
        path=call.ask.path,
        keys=keys,
        fetch=lambda key: chosen(rows[key], names) if key in rows else None,
        size=call.size(),
        context=call.context("directoryObjects/microsoft.graph.device"),
        query=call.ask.query,
        count=len(keys) if counted else None,
        advanced=counted,
    )
    return first_page(call, listing)


def count_deleted(call: Call) -> Answer:
    return plain_count(len(_cast(call)))


def get_deleted(call: Call) -> Answer:
    row = found(_cast(call) if call.keys.get("cast") else _kept(call), call.keys["id"])
    context = {"@odata.context": call.context("directoryObjects/$entity")}
    return json_answer(200, context | TYPE | chosen(row, call.selected()))


def restore_deleted(call: Call) -> Answer:
    row = found(_kept(call), call.keys["id"])
    restored = row | {"deletedDateTime": None} if ignored(call) else call.lab.tenant.restore(row["id"])
    return json_answer(200, {"@odata.context": call.context("directoryObjects/$entity")} | TYPE | chosen(restored, ()))


def purge_deleted(call: Call) -> Answer:
    row = found(_kept(call), call.keys["id"])
    if not ignored(call):
        call.lab.tenant.purge(row["id"])
    return NOTHING


def _kept(call: Call) -> Mapping[str, Row]:
    call.lab.tenant.expire()
    return call.lab.tenant.deleted


def _cast(call: Call) -> Mapping[str, Row]:
    """The preview is documented for /beta; whether /v1.0 serves it is a setting of the lab."""
    if call.ask.version == "v1.0" and not call.lab.deleted_on_v1:
        raise bad("The cast to microsoft.graph.device is not supported for this request.")
    return _kept(call)
