"use strict";
// Every value of a finding is text that somebody else wrote: it enters the page through textContent and nothing else.
const data = JSON.parse(document.getElementById("data").textContent);
const PAGE = 100;
const SHOWN = [
  ["severity", "Severity"], ["kind", "Kind"], ["hostname", "Host"], ["system", "System"], ["join", "Join"],
  ["last_activity_at", "Last activity"], ["owner", "Owner"], ["blocked_by", "Held back by"], ["first_seen_at", "First seen"],
];
const IDS = [["object_id", "Object id"], ["device_id", "Device id"], ["object_guid", "AD objectGUID"], ["sid", "SID"]];
const FACETS = ["severity", "kind", "system", "held"];
const byId = (id) => document.getElementById(id);
const state = { q: "", sort: "", page: 0, open: new Set(), severity: new Set(), kind: new Set(), system: new Set(), held: new Set() };
let order = Uint32Array.from({ length: data.rows }, (_, row) => row);
let matching = order;

const own = (object, key) => (key !== null && Object.hasOwn(object, key) ? object[key] : undefined);

function value(name, row) {
  const column = data.columns[name];
  if (Array.isArray(column)) return column[row];
  const code = column.index[row];
  return code === null ? null : column.words[code];
}

function facet(name, row) {
  return name === "held" ? (value("blocked_by", row) ? "held" : "free") : value(name, row) ?? "unknown";
}

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, content] of Object.entries(attributes)) if (content !== null) element.setAttribute(name, content);
  element.append(...children.filter((child) => child !== null));
  return element;
}

// ---- filter and sort

let haystacks = null;
function haystack(row) {
  haystacks ??= new Array(data.rows);
  return (haystacks[row] ??= Object.keys(data.columns).map((name) => value(name, row) ?? "").join("\n").toLowerCase());
}

function matches(row, tokens) {
  return FACETS.every((name) => !state[name].size || state[name].has(facet(name, row))) && tokens.every((token) => haystack(row).includes(token));
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
function gravity(text) {
  const place = data.severities.indexOf(text);
  return place < 0 ? null : place;
}

function sorted() {
  const rows = Uint32Array.from({ length: data.rows }, (_, row) => row);
  if (!state.sort) return rows;
  const down = state.sort.startsWith("-"), name = state.sort.slice(down ? 1 : 0), sign = down ? -1 : 1;
  const keys = Array.from(rows, (row) => (name === "severity" ? gravity(value(name, row)) : value(name, row) || null));
  const plain = name === "severity" || name.endsWith("_at");
  const compare = plain ? (a, b) => (a < b ? -1 : a > b ? 1 : 0) : collator.compare;
  return rows.sort((a, b) => {  // what is unknown stands last either way
    if (keys[a] === null || keys[b] === null) return (keys[a] === null) - (keys[b] === null) || a - b;
    return sign * compare(keys[a], keys[b]) || a - b;
  });
}

function refilter() {
  const tokens = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  matching = order.filter((row) => matches(row, tokens));
  state.page = Math.min(state.page, Math.max(0, Math.ceil(matching.length / PAGE) - 1));
  render();
}

// ---- the address keeps the view, so that it can be bookmarked and sent

function remember() {
  const kept = new URLSearchParams();
  if (state.q) kept.set("q", state.q);
  if (state.sort) kept.set("sort", state.sort);
  if (state.page) kept.set("page", state.page + 1);
  for (const name of FACETS) for (const chosen of state[name]) kept.append(name, chosen);
  try {
    history.replaceState(null, "", `#${kept}`);
  } catch { /* some viewers allow no address of one's own */ }
}

function recall() {
  const kept = new URLSearchParams(location.hash.slice(1));
  state.q = kept.get("q") ?? "";
  const name = (kept.get("sort") ?? "").replace(/^-/, "");
  state.sort = SHOWN.some(([column]) => column === name) ? kept.get("sort") : "";
  state.page = Math.max(0, (parseInt(kept.get("page"), 10) || 1) - 1);
  for (const facetName of FACETS) state[facetName] = new Set(kept.getAll(facetName));
  byId("search").value = state.q;
}

// ---- rows

function timeText(text) {
  return text === null ? make("span", { class: "unknown" }, "unknown") : text.slice(0, 16).replace("T", " ");
}

function heldTag(name) {
  const said = own(data.protections, name);
  return make("span", { class: "tag hold", title: said ? said[1] : null }, said ? said[0] : name);
}

function cell(name, row) {
  const text = value(name, row);
  switch (name) {
    case "severity": return make("span", { class: data.severities.includes(text) ? `tag ${text}` : "tag hold" }, text ?? "unknown");
    case "hostname": return make("button", { type: "button", class: "host", "aria-expanded": String(state.open.has(row)), "data-row": row }, text || "(no name)");
    case "system": return own(data.systems, text) ?? text;
    case "join": return own(data.joins, text) ?? text;
    case "last_activity_at": case "first_seen_at": return timeText(text);
    case "blocked_by": return text ? make("span", {}, ...text.split(";").map(heldTag)) : null;
    default: return text;
  }
}

function readable(content) {
  if (content === null) return "unknown";
  if (content === true) return "yes";
  if (content === false) return "no";
  if (Array.isArray(content)) return content.map(readable).join(", ") || "none";
  if (typeof content === "object") return Object.entries(content).map(([name, inner]) => `${name.replaceAll("_", " ")}: ${readable(inner)}`).join(", ");
  return String(content);
}

function evidence(text) {
  try {
    const parsed = JSON.parse(text || "{}");
    if (parsed !== null && typeof parsed === "object" && !Array.isArray(parsed)) {
      return Object.entries(parsed).map(([name, content]) => [name.replaceAll("_", " "), readable(content)]);
    }
  } catch { /* then it is shown as it is */ }
  return [["evidence", text]];
}

function pairs(title, entries) {
  const items = entries.flatMap(([name, content]) => [make("dt", {}, name), make("dd", {}, content)]);
  return make("div", {}, make("h4", {}, title), items.length ? make("dl", {}, ...items) : make("p", { class: "muted" }, "none"));
}

function detail(row) {
  const said = own(data.kinds, value("kind", row));
  const held = (value("blocked_by", row) ?? "").split(";").filter(Boolean).map((name) => own(data.protections, name) ?? [name, ""]);
  const words = make("div", {}, make("h4", {}, "What it means"), make("p", {}, said ? said.meaning : ""),
    make("h4", {}, "What to do"), make("p", {}, value("action", row) ?? ""), make("p", { class: "muted" }, said ? said.next_step : ""));
  const rest = [["enabled", readable(value("enabled", row))], ["last activity", value("last_activity_at", row) ?? "unknown"],
    ["seen by", own(data.systems, value("activity_source", row)) ?? "nobody"], ["first seen here", value("first_seen_at", row) ?? "unknown"]];
  const ids = IDS.map(([name, title]) => [title, value(name, row)]).filter(([, id]) => id);
  const panes = make("div", { class: "panes" }, words, pairs("Evidence", evidence(value("evidence", row))), pairs("Identity", [...ids, ...rest]),
    held.length ? pairs("Held back by", held) : null);
  return make("tr", { class: "detail", id: `detail-${row}` }, make("td", { colspan: SHOWN.length }, panes));
}

function rowOf(row) {
  const open = state.open.has(row);
  const cells = SHOWN.map(([name, title]) => make("td", { "data-label": title, class: name.endsWith("_at") ? "time" : null }, cell(name, row)));
  const made = make("tr", { class: open ? "row open" : "row", "data-row": row }, ...cells);
  return open ? [made, detail(row)] : [made];
}

function render() {
  const pages = Math.max(1, Math.ceil(matching.length / PAGE)), start = state.page * PAGE;
  byId("rows").replaceChildren(...Array.from(matching.subarray(start, start + PAGE)).flatMap(rowOf));
  byId("status").textContent = matching.length === data.rows ? `${data.rows.toLocaleString("en")} findings`
    : `${matching.length.toLocaleString("en")} of ${data.rows.toLocaleString("en")} findings`;
  byId("page").textContent = `page ${state.page + 1} of ${pages}`;
  byId("previous").disabled = state.page === 0;
  byId("next").disabled = state.page >= pages - 1;
  byId("save").disabled = matching.length === 0;
  for (const chip of document.querySelectorAll(".chip")) chip.setAttribute("aria-pressed", String(state[chip.dataset.column].has(chip.dataset.value)));
  for (const head of byId("heads").children) {
    const sort = state.sort === head.dataset.name ? "ascending" : state.sort === `-${head.dataset.name}` ? "descending" : null;
    sort ? head.setAttribute("aria-sort", sort) : head.removeAttribute("aria-sort");
    head.firstChild.textContent = head.dataset.title + (sort ? (sort === "ascending" ? " ↑" : " ↓") : "");
  }
  byId("sorter").value = state.sort;
}

// ---- what a person does

function choose(name) {
  state.sort = state.sort === name ? `-${name}` : state.sort === `-${name}` ? "" : name;
  resort();
}

function resort() {
  order = sorted();
  state.page = 0;
  refilter();
  remember();
}

function changed() {
  state.page = 0;
  refilter();
  remember();
}

function toggle(row) {
  state.open.has(row) ? state.open.delete(row) : state.open.add(row);
  render();
  byId("rows").querySelector(`button.host[data-row="${row}"]`)?.focus({ preventScroll: true });
}

function turn(by) {
  state.page += by;
  render();
  remember();
  byId("findings").scrollIntoView();
}

function csv() {
  const names = Object.keys(data.columns);
  const quoted = (content) => {
    const text = content === null ? "" : String(content);
    return `"${(/^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) ? "'" : "") + text.replaceAll('"', '""')}"`;
  };
  const lines = Array.from(matching, (row) => names.map((name) => quoted(value(name, row))).join(","));
  return `\uFEFF${[names.join(","), ...lines].join("\r\n")}\r\n`;
}

function save() {
  const address = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
  make("a", { href: address, download: "findings.csv" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function clear() {
  state.q = byId("search").value = "";
  for (const name of FACETS) state[name].clear();
  changed();
}

function flip(chosen, text) {
  chosen.has(text) ? chosen.delete(text) : chosen.add(text);
  changed();
}

let waiting = 0;
function listen() {
  byId("search").addEventListener("input", (event) => {
    state.q = event.target.value;
    clearTimeout(waiting);
    waiting = setTimeout(changed, 120);
  });
  byId("sorter").addEventListener("change", (event) => { state.sort = event.target.value; resort(); });
  byId("clear").addEventListener("click", clear);
  byId("save").addEventListener("click", save);
  byId("previous").addEventListener("click", () => turn(-1));
  byId("next").addEventListener("click", () => turn(1));
  byId("heads").addEventListener("click", (event) => { const head = event.target.closest("th"); if (head) choose(head.dataset.name); });
  byId("rows").addEventListener("click", (event) => {
    const row = event.target.closest("tr.row");
    if (row && !String(getSelection())) toggle(Number(row.dataset.row));
  });
  byId("controls").addEventListener("click", (event) => {
    const chip = event.target.closest(".chip");
    if (chip) flip(state[chip.dataset.column], chip.dataset.value);
  });
  document.querySelector(".kinds").addEventListener("click", (event) => {
    const kind = event.target.closest("button")?.dataset.kind;
    if (kind === undefined) return;
    state.kind = new Set([kind]);
    changed();
    byId("findings").scrollIntoView();
  });
  addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== byId("search")) { event.preventDefault(); byId("search").focus(); }
    if (event.key === "Escape" && document.activeElement === byId("search")) clear();
  });
  addEventListener("hashchange", () => { if (location.hash.includes("=")) start(); });
}

function start() {
  recall();
  order = sorted();
  refilter();
}

byId("heads").append(...SHOWN.map(([name, title]) => make("th", { scope: "col", "data-name": name, "data-title": title }, make("button", { type: "button" }, title))));
byId("sorter").append(make("option", { value: "" }, "gravest first"), ...SHOWN.flatMap(([name, title]) => [make("option", { value: name }, `${title} ↑`), make("option", { value: `-${name}` }, `${title} ↓`)]));
byId("controls").hidden = byId("table").hidden = false;
listen();
start();
