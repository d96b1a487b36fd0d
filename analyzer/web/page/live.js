// The live view: hears what is new over a WebSocket, keeps the latest lines, and draws them.
import { byId, make, plural } from "./elements.js";
import { makeGap, makeLine } from "./lines.js";
import { drawAll, forgetTables, onChoice, takeTables } from "./tables.js";

const kLineMax = 400;  // lines that are kept and drawn; older ones are asked for

const entries = new Map();  // the latest, by id
const history = { entries: [], isOn: false, isComplete: true, lastId: 0 };
const drawn = new Map();    // id -> its element
const view = { leftOut: 0, held: 0 };
let gapBefore = 0;          // lines that were left out before the first one here
let hole = null;
let isPaused = false;
let frozen = [];            // the lines that were here when it was paused
let hasEnded = false;
let isDue = false;
let drawAgainAt = 0;
let mustRedraw = true;
let tablesChanged = true;
let unseen = 0;

const scroll = byId("scroll");
const list = byId("lines");

function tell(text, state) {
  const status = byId("status");
  if (status.textContent !== text) status.textContent = text;
  status.className = `state ${state}`;
}

function tellState(isConnected) {
  if (hasEnded) return tell("the capture has ended", "ended");
  if (!isConnected) return tell("connection lost, trying again", "lost");
  if (history.isOn) return tell("looking back", "paused");
  tell(isPaused ? "paused" : "live", isPaused ? "paused" : "on");
}

// ---- the filter
const filters = { person: byId("by-person"), room: byId("by-room"), connection: byId("by-connection"), text: byId("by-text") };
const contains = (text, part) => (text ?? "").toLowerCase().includes(part);

function isWanted(entry) {
  const wanted = Object.fromEntries(Object.entries(filters).map(([name, field]) => [name, field.value.trim().toLowerCase()]));
  const copies = entry.copies ?? [];
  if (wanted.person && !contains(entry.who, wanted.person) && !copies.some((copy) => contains(copy.who, wanted.person))) return false;
  if (wanted.room && !contains(entry.room, wanted.room)) return false;
  if (wanted.text && !contains(entry.text, wanted.text)) return false;
  if (!wanted.connection) return true;
  const number = Number(wanted.connection);
  return entry.connection === number || entry.in_connection === number || copies.some((copy) => copy.connection === number);
}

const hasFilter = () => Object.values(filters).some((field) => field.value.trim() !== "");

// ---- what comes
function take(update) {
  if (update.type === "snapshot") {
    entries.clear();
    gapBefore = update.left_out;
    mustRedraw = true;
  }
  view.leftOut += update.left_out;
  for (const entry of update.entries) {
    if (!entries.has(entry.id)) ++unseen;
    entries.set(entry.id, entry);
    if (!history.isOn) drawn.get(entry.id)?.setAttribute("data-old", "");
  }
  while (entries.size > kLineMax) {
    entries.delete(entries.keys().next().value);
    gapBefore = 0;
  }
  hole = update.hole ?? null;
  view.held = hole ? hole.count : 0;
  tablesChanged = takeTables(update) || tablesChanged;
  if (update.ended && !hasEnded) {
    hasEnded = true;
    tellState(true);
  }
  wantDraw();
}

// When much comes, drawing all of it anew must not be all that this page does.
function wantDraw() {
  if (isDue) return;
  isDue = true;
  setTimeout(() => requestAnimationFrame(() => {
    isDue = false;
    const begin = performance.now();
    if (isPaused && !mustRedraw) drawPaused(); else draw();
    const end = performance.now();
    drawAgainAt = end + Math.min(2 * (end - begin), 500);
  }), Math.max(drawAgainAt - performance.now(), 0));
}

// ---- drawing
function isAtEnd() { return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40; }

function drawPaused() {
  byId("new").hidden = unseen === 0;
  byId("new").textContent = `${plural(unseen, "new line")} since you paused; go on`;
}

function shownEntries() {
  const held = isPaused ? frozen : [...entries.values()].sort((a, b) => a.id - b.id);
  const all = history.isOn ? history.entries : held;
  return hasFilter() ? all.filter(isWanted) : all;
}

function draw() {
  const wasAtEnd = isAtEnd();
  const shown = shownEntries();
  if (mustRedraw) {
    drawn.clear();
    list.replaceChildren();
    mustRedraw = false;
  }
  const wanted = new Set(shown.map((entry) => entry.id));
  for (const [id, element] of drawn) {
    if (wanted.has(id)) continue;
    element.remove();
    drawn.delete(id);
  }
  let before = null;
  for (const entry of shown) {
    let element = drawn.get(entry.id);
    if (element?.hasAttribute("data-old")) {
      // Open stays open, and keeps the focus.
      const isOpen = element.querySelector("details")?.open;
      if (!isOpen) {
        const fresh = makeLine(entry);
        const hadFocus = element.contains(document.activeElement);
        element.replaceWith(fresh);
        if (hadFocus) fresh.querySelector("summary")?.focus();
        element = fresh;
        drawn.set(entry.id, element);
      } else {
        element.removeAttribute("data-old");
      }
    } else if (!element) {
      element = makeLine(entry);
      drawn.set(entry.id, element);
      if (before) before.after(element); else list.prepend(element);
    }
    before = element;
  }
  list.querySelector(".gap")?.remove();
  if (gapBefore > 0 && !history.isOn && !hasFilter()) list.prepend(makeGap(gapBefore));
  byId("none").hidden = shown.length > 0;
  byId("none").textContent = hasFilter() ? "Nothing that is held here fits the filter." : "Nothing yet. Say something in the messenger, and it stands here.";
  byId("shown").textContent = plural(shown.length, "line");
  drawHole();
  if (tablesChanged) drawAll(view);
  tablesChanged = false;
  if (history.isOn) return;
  if (isPaused) return drawPaused();
  if (wasAtEnd) {
    scroll.scrollTop = scroll.scrollHeight;
    unseen = 0;
  }
  byId("new").hidden = wasAtEnd || unseen === 0;
  byId("new").textContent = `${plural(unseen, "new line")} below`;
}

function drawHole() {
  const isOver = history.isOn && hole && history.lastId >= hole.after;
  byId("hole").hidden = !isOver;
  if (isOver)
    byId("hole").textContent = `After line ${hole.after}, ${plural(hole.count, "line")} are no longer held here; messages.csv and deliveries.csv have them.`;
  byId("later").hidden = !history.isOn || history.isComplete;
}

// ---- looking back
async function lookBack(after) {
  try {
    const answer = await fetch(`entries?after=${after}`, { cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = await answer.json();
    history.isComplete = page.entries.length === 0 || page.entries.at(-1).id === page.last_id;
    history.entries = after === 0 ? page.entries : history.entries.concat(page.entries).slice(-2000);
    history.lastId = page.entries.at(-1)?.id ?? after;
    hole = page.hole ?? null;
  } catch {
    return tell("earlier lines cannot be had now", "lost");
  }
  const isNew = !history.isOn;
  history.isOn = true;
  mustRedraw = isNew || after === 0;
  byId("now").hidden = false;
  byId("beginning").hidden = true;
  byId("new").hidden = true;
  tellState(true);
  draw();
  if (isNew) scroll.scrollTop = 0;
  if (isNew) byId("now").focus();
}

function lookNow() {
  const hadFocus = document.activeElement === byId("now");
  history.isOn = false;
  history.entries = [];
  isPaused = false;
  byId("pause").setAttribute("aria-pressed", "false");
  mustRedraw = true;
  byId("now").hidden = true;
  byId("beginning").hidden = false;
  tellState(true);
  draw();
  scroll.scrollTop = scroll.scrollHeight;
  unseen = 0;
  byId("new").hidden = true;
  if (hadFocus) byId("beginning").focus();
}

// ---- the wire
let patience = 500;

function connect() {
  const address = new URL("events", location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address);
  socket.addEventListener("open", () => {
    patience = 500;
    forgetTables();
    tellState(true);
  });
  socket.addEventListener("message", (event) => take(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    tellState(false);
    if (hasEnded) return;
    setTimeout(connect, patience);
    patience = Math.min(patience * 2, 10_000);
  });
}

byId("pause").addEventListener("click", () => {
  if (history.isOn) return lookNow();
  isPaused = !isPaused;
  byId("pause").setAttribute("aria-pressed", String(isPaused));
  if (!isPaused) return lookNow();
  frozen = [...entries.values()].sort((a, b) => a.id - b.id);
  unseen = 0;
  tellState(true);
});
byId("beginning").addEventListener("click", () => lookBack(0));
byId("later").addEventListener("click", () => lookBack(history.lastId));
byId("now").addEventListener("click", lookNow);
byId("new").addEventListener("click", lookNow);
function filterChanged() {
  mustRedraw = true;
  wantDraw();
}
byId("filter").addEventListener("submit", (event) => event.preventDefault());
byId("filter").addEventListener("input", filterChanged);
byId("filter").addEventListener("reset", () => setTimeout(filterChanged));
onChoice((name, value) => {
  filters[name].value = filters[name].value === value ? "" : value;
  filterChanged();
});
connect();
