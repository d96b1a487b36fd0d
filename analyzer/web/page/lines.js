// One line of the stream: a message with its fan, or something else that happened.
import { clock, make, makeSvg, plural, span, strange } from "./elements.js";
import { showPackets } from "./packets.js";

const kFanMax = 8;  // copies drawn one by one
const kRow = 20;    // pixels for each

// 0.1 ms to 1 s, each power of ten a quarter of the way.
function reach(latency) {
  if (latency === null) return 1;
  return Math.min(Math.max(Math.log10(Math.max(latency, 0.1)) + 1, 0.2), 4) / 4;
}

function fan(entry) {
  const copies = entry.copies.slice(0, kFanMax);
  const more = entry.copy_count - copies.length;
  const rows = copies.length + (more > 0 ? 1 : 0);
  if (rows === 0) {
    return make("p", "nobody quiet", "no copy seen yet");
  }
  const height = rows * kRow;
  const picture = makeSvg("svg", { class: "lines", width: 96, height, viewBox: `0 0 96 ${height}`, "aria-hidden": "true" });
  const middle = height / 2;
  copies.forEach((copy, index) => {
    const y = index * kRow + kRow / 2;
    const x = 14 + 76 * reach(copy.latency);
    picture.append(makeSvg("path", {
      class: copy.may_be_replay ? "way unsure" : "way",
      d: `M8 ${middle} C 30 ${middle}, 14 ${y}, ${x} ${y}`,
    }), makeSvg("circle", { class: "end", cx: x, cy: y, r: 2.5 }));
  });
  picture.append(makeSvg("circle", { class: entry.in_packet ? "start" : "start unknown", cx: 6, cy: middle, r: 4 }));
  const names = make("ul", "copies");
  for (const copy of copies) {
    names.append(make("li", "", copy.who ? strange(copy.who, "who") : make("span", "quiet", "somebody"), " ",
      make("span", "latency", copy.may_be_replay ? "live or replayed" : span(copy.latency))));
  }
  if (more > 0) names.append(make("li", "quiet", `and ${plural(more, "more copy", "more copies")}`));
  return make("div", "fan", picture, names);
}

function message(entry) {
  const summary = make("summary", "",
    make("span", "when", clock(entry.time)),
    make("span", "head", strange(entry.room, "room"), " ", strange(entry.who || "somebody", "who"),
      entry.kind === "file" ? make("span", "tag", "file") : null,
      entry.may_be_replay ? make("span", "tag", "live or replayed") : null),
    make("span", "text", strange(entry.text)));
  const details = make("details", "", summary);
  details.addEventListener("toggle", () => {
    if (details.open) showPackets(details, entry);
  });
  return [details, fan(entry)];
}

const kMethods = { "login-password": "password", "register-password": "new password", "login-token": "token", "issued-token": "issued token" };

function sentence(entry) {
  const who = () => strange(entry.who || "somebody", "who");
  const room = () => strange(entry.room, "room");
  switch (entry.kind) {
    case "login": return [who(), entry.text === "guest" ? " logged in as a guest" : " logged in"];
    case "refused": return [who(), " was refused: ", strange(entry.text || "no reason seen")];
    case "joined": return [who(), " is in ", room()];
    case "parted": return [who(), " left ", room()];
    case "ended": return [who(), "\u2019s session ended"];
    case "secret":
      return [make("span", "tag secret", "secret"), " ", who(), " ", kMethods[entry.method] || strange(entry.method), " ",
        strange(entry.text, "value"), entry.accepted === "no" ? " (refused)" : ""];
    default: return [strange(entry.text)];
  }
}

function happening(entry) {
  return [make("p", "note", make("span", "when", clock(entry.time)), make("span", "what", ...sentence(entry)),
    make("span", "quiet place", `connection ${entry.connection}${entry.packet ? `, packet ${entry.packet}` : ""}`))];
}

export function makeLine(entry) {
  const isMessage = entry.kind === "message" || entry.kind === "file";
  const line = make("li", isMessage ? "line message" : `line ${entry.kind}`);
  line.append(...(isMessage ? message(entry) : happening(entry)));
  return line;
}

export function makeGap(number) {
  return make("li", "line gap quiet", `${plural(number, "line")} passed too quickly to be shown here; the tables have all of them`);
}
