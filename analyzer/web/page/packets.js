// From a message to its packets: numbers and filters to copy for Wireshark, and the frames in them.
import { button, make, plural, span, strange } from "./elements.js";
import { streamOf } from "./tables.js";

async function copyText(text, from) {
  try {
    await navigator.clipboard.writeText(text);
    from.textContent = "copied";
  } catch {
    // Not allowed, or no secure context: it can be selected instead.
    const field = make("input", "to-copy");
    field.value = text;
    field.readOnly = true;
    field.setAttribute("aria-label", "Filter to copy");
    from.replaceWith(field);
    field.focus();
    field.select();
    return;
  }
  setTimeout(() => { from.textContent = text; }, 1500);
}

export function filterButton(text) {
  const element = button(text, "filter", () => copyText(text, element));
  element.title = "Copy for Wireshark";
  return element;
}

function row(role, who, connection, packet, latency) {
  return make("tr", "", make("th", "", role), make("td", "", strange(who || "not known")), make("td", "", connection ? String(connection) : ""),
    make("td", "", packet ? filterButton(`frame.number == ${packet}`) : "not captured"), make("td", "", span(latency)));
}

function tableOf(head, rows) {
  const titles = make("tr", "");
  for (const title of head) {
    const cell = make("th", "", title);
    cell.scope = "col";
    titles.append(cell);
  }
  const table = make("table", "", make("thead", "", titles), make("tbody", "", ...rows));
  for (const cell of table.querySelectorAll("tbody th")) cell.scope = "row";
  const box = make("div", "table", table);
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  return box;
}

async function frames(entry, box) {
  const numbers = [entry.in_frame, ...entry.copies.map((copy) => copy.frame)].filter(Boolean).slice(0, 100);
  if (numbers.length === 0) return;
  let page;
  try {
    const answer = await fetch(`frames?of=${numbers.join(",")}`, { cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    page = await answer.json();
  } catch {
    box.append(make("p", "quiet", "The frames cannot be had now; pdus.csv has them."));
    return;
  }
  if (page.frames.length < numbers.length) {
    box.append(make("p", "quiet", `${plural(numbers.length - page.frames.length, "frame")} no longer held here; pdus.csv has all of them.`));
  }
  if (page.frames.length === 0) return;
  const table = tableOf(["Frame", "From", "Connection", "Packets", "Verb", "Arguments", "Body"], page.frames.map((frame) =>
    make("tr", "", make("th", "", String(frame.number)), make("td", "", frame.from_client ? "client" : "server"),
      make("td", "", String(frame.connection)),
      make("td", "", frame.first_packet === frame.last_packet ? String(frame.last_packet) : `${frame.first_packet}\u2013${frame.last_packet}`),
      make("td", "", strange(frame.verb || frame.status)), make("td", "", strange(frame.arguments)), make("td", "", `${frame.body_length} B`))));
  table.setAttribute("aria-label", "Frames");
  box.append(table);
}

export function showPackets(details, entry) {
  details.querySelector(".packets")?.remove();
  const packets = [entry.in_packet, ...entry.copies.map((copy) => copy.packet)].filter(Boolean);
  const streams = [...new Set([entry.in_connection, ...entry.copies.map((copy) => copy.connection)].filter(Boolean).map(streamOf))]
    .filter((stream) => stream !== undefined);
  const rows = [row("in", entry.who, entry.in_connection, entry.in_packet, null),
    ...entry.copies.map((copy) => row("out", copy.who, copy.connection, copy.packet, copy.latency))];
  const table = tableOf(["Way", "Who", "Connection", "Packet", "After"], rows);
  table.setAttribute("aria-label", "Packets");
  const box = make("div", "packets",
    make("p", "", "All of them: ", packets.length ? filterButton(`frame.number in {${packets.join(", ")}}`) : "not captured"),
    streams.length ? make("p", "", "Their connections: ", filterButton(streams.map((stream) => `tcp.stream == ${stream}`).join(" || "))) : null,
    table,
    entry.copy_count > entry.copies.length
      ? make("p", "quiet", `${plural(entry.copy_count - entry.copies.length, "copy is", "copies are")} counted only; deliveries.csv has all of them.`) : null);
  details.append(box);
  frames(entry, box);
}
