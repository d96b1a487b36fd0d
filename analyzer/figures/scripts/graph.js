// Who talks to whom: people on a circle, an arrow for each pair and way (room or direct), as wide as its messages are
// many. From a document (rows of report-templates/talk-graph.sql) to the text of an SVG; no DOM, no clock.
"use strict";
(() => {
  const kPeopleMax = 40;
  const kNumbersMax = 60;  // arrows that say their number; beyond that only the widest
  const figures = globalThis.plaintalkFigures;
  const escape = figures.escaped;
  const number = (value) => String(Math.round(value * 10) / 10);
  const shown = (text) => String(text ?? "").replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, "\u00b7").replace(/\s+/g, " ");
  const cut = (text, most) => ([...text].length > most ? [...text].slice(0, most - 1).join("") + "\u2026" : text);
  const given = (value) => value !== undefined && value !== null && value !== "";
  const same = (a, b) => String(a ?? "") === String(b);
  const plural = (count, thing) => `${count} ${thing}${count === 1 ? "" : "s"}`;

  const rowsOf = (document) => {
    const names = document.columns.map((column) => (typeof column === "string" ? column : column.name));
    return document.rows.map((row) => Object.fromEntries(names.map((name, place) => [name, Array.isArray(row) ? row[place] : row[name]])));
  };
  // A row counts for a span of time that it overlaps: rows are sums over the spans that the document was made with.
  const passes = (row, filter) =>
    !filter ||
    ((!given(filter.person) || same(row.sender, filter.person) || same(row.recipient, filter.person)) &&
      (!given(filter.room) || same(row.room, filter.room)) &&
      (!given(filter.connection) || same(row.connection_in, filter.connection) || same(row.connection, filter.connection)) &&
      (!given(filter.from) || Number(row.to_s) >= Number(filter.from)) &&
      (!given(filter.to) || Number(row.from_s) <= Number(filter.to)));

  const edgesOf = (rows) => {
    const edges = new Map();
    for (const row of rows) {
      const key = `${row.sender}\n${row.recipient}\n${row.way}`;
      const edge = edges.get(key) || { sender: row.sender, recipient: row.recipient, way: row.way, messages: 0, rooms: new Set() };
      edge.messages += Number(row.messages);
      edge.rooms.add(row.room);
      edges.set(key, edge);
    }
    return [...edges.values()];
  };
  const byName = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

  const draw = (document, style = {}) => {
    const full = figures.completed(style);
    const colours = { ...full.colors, room: full.colors.series[0], direct: full.colors.series[1] };
    const { font_size: size, width } = full;
    const top = figures.heading(document, full);
    let edges = edgesOf(rowsOf(document).filter((row) => passes(row, style.filter)));
    const said = new Map();
    for (const edge of edges)
      for (const name of [edge.sender, edge.recipient]) said.set(name, (said.get(name) || 0) + edge.messages);
    const everybody = [...said.keys()];
    const people = everybody.sort((a, b) => said.get(b) - said.get(a) || byName(a, b)).slice(0, kPeopleMax).sort(byName);
    const kept = new Set(people);
    edges = edges.filter((edge) => kept.has(edge.sender) && kept.has(edge.recipient));
    edges.sort((a, b) => a.messages - b.messages || byName(a.sender, b.sender) || byName(a.recipient, b.recipient) || byName(a.way, b.way));

    const margin = Math.min(140, width * 0.24);
    const radius = Math.max(50, Math.min(width / 2 - margin, people.length < 4 ? 110 : 90 + people.length * 9));
    const [cx, cy] = [width / 2, top.height + radius + size * 3];
    const place = new Map();
    people.forEach((name, index) => {
      const angle = -Math.PI / 2 + (2 * Math.PI * index) / people.length + (people.length === 2 ? -Math.PI / 2 : 0);
      place.set(name, { x: cx + radius * Math.cos(angle), y: cy + radius * Math.sin(angle), angle });
    });
    const most = Math.max(1, ...edges.map((edge) => edge.messages));
    const least = edges.length > kNumbersMax ? edges[edges.length - kNumbersMax].messages : 0;
    const parts = [], numbers = [];
    for (const edge of edges) {
      const a = place.get(edge.sender), b = place.get(edge.recipient);
      const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
      const [ux, uy] = [(b.x - a.x) / length, (b.y - a.y) / length];
      // Each way has a bow of its own, so that four arrows between two people lie apart.
      const bow = (edge.way === "direct" ? 0.26 : 0.12) * length + 6;
      const [mx, my] = [(a.x + b.x) / 2 - uy * bow, (a.y + b.y) / 2 + ux * bow];
      const towards = (from, room) => {
        const far = Math.hypot(mx - from.x, my - from.y) || 1;
        return [from.x + ((mx - from.x) / far) * room, from.y + ((my - from.y) / far) * room];
      };
      const stroke = 1 + 5 * Math.sqrt(edge.messages / most);
      const [sx, sy] = towards(a, 9), [ex, ey] = towards(b, 9 + 4 + stroke), [tx, ty] = towards(b, 9);
      const colour = edge.way === "direct" ? colours.direct : colours.room;
      const where = edge.way === "direct" ? "directly" : `in ${cut([...edge.rooms].map(shown).sort().join(", "), 60)}`;
      parts.push(`<g class="edge"><title>${escape(`${shown(edge.sender)} to ${shown(edge.recipient)}, ${where}: ${plural(edge.messages, "message")}`)}</title>` +
        `<path d="M${number(sx)} ${number(sy)}Q${number(mx)} ${number(my)} ${number(ex)} ${number(ey)}" fill="none" stroke="${colour}" stroke-width="${
          number(stroke)}"${edge.way === "direct" ? ` stroke-dasharray="${number(4 + stroke)} ${number(2 + stroke)}"` : ""} stroke-opacity="0.75"/>` +
        `<path d="M${number(tx)} ${number(ty)}L${number(ex - (3 + stroke) * ((ty - ey) / (4 + stroke)))} ${number(ey + (3 + stroke) * ((tx - ex) / (4 + stroke)))}L${
          number(ex + (3 + stroke) * ((ty - ey) / (4 + stroke)))} ${number(ey - (3 + stroke) * ((tx - ex) / (4 + stroke)))}Z" fill="${colour}"/></g>`);
      if (edge.messages >= least && numbers.length < kNumbersMax)
        numbers.push(`<text x="${number((a.x + 2 * mx + b.x) / 4)}" y="${number((a.y + 2 * my + b.y) / 4 + size * 0.35)}" text-anchor="middle" font-size="${
          number(size * 0.92)}" font-weight="600" fill="${colour}" stroke="${colours.background}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke">${edge.messages}</text>`);
    }
    const dots = people.map((name) => {
      const { x, y, angle } = place.get(name);
      const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
      const anchor = dx > 0.3 ? "start" : dx < -0.3 ? "end" : "middle";
      return `<circle cx="${number(x)}" cy="${number(y)}" r="6" fill="${colours.text}"/><text x="${number(x + dx * 13)}" y="${
        number(y + dy * 15 + size * 0.35)}" text-anchor="${anchor}" font-size="${size}" font-weight="600" fill="${colours.text}" stroke="${
        colours.background}" stroke-width="3" stroke-linejoin="round" paint-order="stroke">${escape(cut(shown(name), Math.max(8, Math.floor((margin - 16) / (size * 0.58)))))}</text>`;
    });
    let y = cy + radius + size * 3.4;
    const legend = [["room", "in rooms"], ["direct", "directly"]].map(([way, words], index) => {
      const x = width / 2 - 130 + index * 140;
      return `<path d="M${number(x)} ${number(y - 4)}h34" fill="none" stroke="${colours[way]}" stroke-width="3"${
        way === "direct" ? ' stroke-dasharray="7 5"' : ""}/><text x="${number(x + 42)}" y="${number(y)}" font-size="${size}" fill="${colours.text}">${words}</text>`;
    });
    const notes = [];
    if (people.length === 0) notes.push("Nobody said anything to anybody under this filter.");
    if (everybody.length > kPeopleMax) notes.push(`The ${kPeopleMax} busiest of ${everybody.length} people.`);
    if (edges.length > kNumbersMax) notes.push(`Numbers stand on the ${kNumbersMax} widest of ${edges.length} arrows.`);
    for (const words of notes) {
      y += size * 1.7;
      legend.push(`<text x="${number(width / 2)}" y="${number(y)}" text-anchor="middle" font-size="${size}" fill="${colours.quiet}">${escape(words)}</text>`);
    }
    const height = Math.ceil(y + size * 1.5);
    return figures.framed(document, { ...full, height }, [top.svg, ...parts, ...numbers, ...dots, ...legend].join(""));
  };
  figures.kinds.graph = draw;
})();
