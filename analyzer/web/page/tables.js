// People, rooms, secrets, connections, rates and drops.
import { button, byId, clock, count, make, makeSvg, plural, size, strange } from "./elements.js";

const kRowMax = 200;  // rows that are held of each table
const kShownMax = 40; // and drawn
const kSeconds = 120;

const people = new Map();
const rooms = new Map();
const secrets = new Map();
const connections = new Map();
const seconds = new Map();
let totals = null;
let hasEnded = false;
let forgotten = { people: 0, rooms: 0, secrets: 0, connections: 0 };
let choose = () => {};

// What a click on a name does.
export function onChoice(action) { choose = action; }
export const streamOf = (id) => connections.get(id)?.stream ?? undefined;

export function forgetTables() {
  for (const table of [people, rooms, secrets, connections, seconds]) table.clear();
}

// Rows come with the latest change first; the map keeps the latest change last.
function take(map, rows, keyOf) {
  for (const row of rows.slice().reverse()) {
    const key = keyOf(row);
    map.delete(key);
    map.set(key, row);
  }
  while (map.size > kRowMax) map.delete(map.keys().next().value);
}

export function takeTables(update) {
  if (!update.totals) return false;
  take(people, update.people, (person) => person.name);
  take(rooms, update.rooms, (room) => `${room.server} ${room.name}`);
  take(secrets, update.secrets, (secret) => [secret.user, secret.protocol, secret.method, secret.text].join("\n"));
  take(connections, update.connections, (connection) => connection.id);
  for (const second of update.seconds) seconds.set(second.second, second);
  const newest = Math.max(...seconds.keys());
  for (const second of seconds.keys()) if (second <= newest - kSeconds - 1) seconds.delete(second);
  totals = update.totals;
  hasEnded = update.ended;
  forgotten = update.forgotten;
  return true;
}

function fill(id, rows, all, hidden) {
  byId(id).replaceChildren(...rows);
  byId(`${id}-count`).textContent = rows.length < all ? `${count(rows.length)} of ${count(all)}` : count(all);
  if (hidden > 0) byId(id).append(make("li", "quiet", `${plural(hidden, "older row")} no longer held here`));
}

const latest = (map) => [...map.values()].reverse();
// A place in the list that does not jump with every change.
const byName = (a, b) => (a.name < b.name ? -1 : 1);

function personRow(person) {
  const isOnline = person.connections.length > 0;
  return make("li", isOnline ? "online" : "offline",
    make("span", "dot", isOnline ? "\u25cf" : "\u25cb"),
    button("", "name", () => choose("person", person.name)),
    person.guest ? make("span", "quiet", "guest") : null,
    make("span", "facts", `${count(person.messages)} said, ${count(person.received)} received`),
    make("span", "hidden", isOnline ? "online" : "offline"));
}

function roomRow(room) {
  const members = [...new Set(room.members)];
  const names = members.slice(0, 12).map((name, index) => [index ? ", " : "", strange(name)]).flat();
  const more = members.length > 12 || room.more_members ? " and more" : "";
  return make("li", "", button("", "name", () => choose("room", room.name)),
    make("span", "facts", `${plural(room.messages, "message")}, ${plural(room.copies, "copy", "copies")}`),
    make("span", "quiet members", members.length ? "in it: " : "nobody seen in it", ...names, more));
}

function secretRow(secret) {
  return make("li", "", strange(secret.user || "somebody", "who"), " ", strange(secret.text, "value"),
    make("span", "facts", `${secret.method} over ${secret.protocol}${secret.count > 1 ? `, ${count(secret.count)} times` : ""}` +
      `${secret.accepted === "no" ? ", refused" : ""}`),
    make("span", "quiet", `connection ${secret.connection}, packet ${secret.packet}`));
}

function connectionRow(connection) {
  const state = connection.state.replace(" ", "-");
  return make("li", "", button(`${connection.id}`, "name number", () => choose("connection", String(connection.id))),
    connection.who ? strange(connection.who, "who") : null,
    make("span", `tag ${state}`, connection.ending ? `${connection.state} (${connection.ending})` : connection.state),
    make("span", "facts", `\u2191 ${size(connection.client_bytes)} \u2193 ${size(connection.server_bytes)}, ` +
      plural(connection.client_packets + connection.server_packets, "packet")),
    make("span", "quiet ends", strange(connection.client), " \u2192 ", strange(connection.server),
      connection.protocol ? `, ${connection.protocol}` : ""));
}

function named(row, name) {
  row.querySelector("button.name").append(strange(name));
  return row;
}

function drawTables() {
  const someone = latest(people);
  const online = someone.filter((person) => person.connections.length > 0).sort(byName);
  const offline = someone.filter((person) => person.connections.length === 0);
  fill("people", [...online, ...offline].slice(0, kShownMax).map((person) => named(personRow(person), person.name)),
    people.size, forgotten.people);
  fill("rooms", latest(rooms).slice(0, kShownMax).sort(byName).map((room) => named(roomRow(room), room.name)),
    rooms.size, forgotten.rooms);
  fill("secrets", latest(secrets).slice(0, kShownMax).map(secretRow), secrets.size, forgotten.secrets);
  fill("connections", latest(connections).slice(0, kShownMax).sort((a, b) => b.id - a.id).map(connectionRow),
    totals.connections, forgotten.connections);
  for (const [id, map] of [["people-names", people], ["room-names", rooms]]) {
    byId(id).replaceChildren(...latest(map).slice(0, kShownMax).map((row) => {
      const option = document.createElement("option");
      option.value = row.name;
      return option;
    }));
  }
}

function spark(title, unit, field, render) {
  // The second that still goes on would look like a fall.
  const newest = Math.max(...seconds.keys()) + (hasEnded ? 1 : 0);
  const values = [];
  for (let second = newest - kSeconds; second < newest; ++second) values.push(seconds.get(second)?.[field] ?? 0);
  const most = Math.max(...values, 1);
  const points = values.map((value, index) => `${(index * 240 / (kSeconds - 1)).toFixed(1)},${(38 - 34 * value / most).toFixed(1)}`);
  const now = values.at(-1) ?? 0;
  return make("figure", "", make("figcaption", "", make("span", "", title), " ", make("strong", "", `${render(now)}${unit}`),
    make("span", "quiet", ` most ${render(Math.max(...values, 0))}`)),
  makeSvg("svg", { viewBox: "0 0 240 40", preserveAspectRatio: "none", "aria-hidden": "true" },
    makeSvg("polygon", { class: "area", points: `0,38 ${points.join(" ")} 240,38` }),
    makeSvg("polyline", { class: "curve", points: points.join(" ") })));
}

function drawRates() {
  if (seconds.size === 0) return;
  byId("rates").replaceChildren(
    spark("Packets", " a second", "packets", count),
    spark("On the wire", " a second", "bytes", size),
    spark("Messages", " a second", "messages", count),
    spark("Copies", " a second", "copies", count));
}

function number(title, value, note) {
  return [make("dt", "", title), make("dd", value ? "some" : "", value === null ? "not said yet" : count(value),
    note ? make("span", "quiet", ` ${note}`) : null)];
}

function drawDrops(view) {
  byId("drops").replaceChildren(
    ...number("Kernel\u2019s buffer", totals.kernel_drops, "packets"),
    ...number("Interface", totals.interface_drops, "packets"),
    ...number("Connections given up", totals.connections_given_up, "to save memory"),
    ...number("Too quick for this browser", view.leftOut, "lines"),
    ...number("No longer held here", view.held, "lines"));
  byId("clock").textContent = totals.packets
    ? `${plural(totals.packets, "packet")}, ${plural(totals.messages, "message")}, ${plural(totals.copies, "copy", "copies")}; last packet ${clock(totals.last_packet)} UTC` : "";
}

export function drawAll(view) {
  if (!totals) return;
  drawTables();
  drawRates();
  drawDrops(view);
}
