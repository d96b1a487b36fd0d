// The ladder: a lifeline for every client and server, an arrow for every frame and TCP sign at its time, and a message
// with its copies as one fan. From a document (rows of report-templates/ladder.sql) to the text of an SVG; no DOM, no clock.
"use strict";
(() => {
  const figures = globalThis.plaintalkFigures;
  const kPageSize = 100;      // arrows on one page
  const kLifelinesMax = 16;   // of clients, on one page; the others share the last one
  const kFoldSeconds = 1;     // a longer silence is folded
  const kRow = 26, kNamesEvery = 24;
  const kFlowHues = [0, 1, 2, 3, 4, 6], kAlarmHue = 5;  // of the scheme's series
  const escape = figures.escaped, widthOf = figures.widthOf;
  const cut = (text, room, size) => figures.shortened(text, size, room);
  const number = (value) => String(Math.round(value * 10) / 10);
  // Text that turns the direction of reading stays within its own words.
  const shown = (text) => String(text ?? "").replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, "\u00b7").replace(/\s+/g, " ");

  const events = (document) => {
    const names = document.columns.map((column) => (typeof column === "string" ? column : column.name));
    const flows = new Map();
    return document.rows.map((row) => {
      const event = {};
      names.forEach((name, place) => { event[name] = Array.isArray(row) ? row[place] : row[name]; });
      event.t_s = Number(event.t_s);
      if (event.seq !== null && event.seq !== undefined && event.seq !== "") {
        event.flow = `${event.server}\n${event.room}\n${event.seq}`;
        if (!flows.has(event.flow)) flows.set(event.flow, flows.size);
        event.hue = flows.get(event.flow);
      }
      return event;
    });
  };

  const same = (a, b) => String(a ?? "") === String(b);
  const given = (value) => value !== undefined && value !== null && value !== "";
  const passes = (event, filter) =>
    !filter ||
    ((!given(filter.person) || same(event.person, filter.person) || same(event.sender, filter.person)) &&
      (!given(filter.room) || same(event.room, filter.room)) &&
      (!given(filter.connection) || same(event.connection, filter.connection)) &&
      (!given(filter.from) || event.t_s >= Number(filter.from)) &&
      (!given(filter.to) || event.t_s <= Number(filter.to)));

  const pagesOf = (document, style) => {
    const kept = events(document).filter((event) => passes(event, style && style.filter));
    const pages = [];
    for (let at = 0; at < kept.length; at += kPageSize) pages.push(kept.slice(at, at + kPageSize));
    return { count: kept.length, pages };
  };

  const time = (seconds) => {
    if (seconds < 1e-3) return `${Math.round(seconds * 1e6)} \u00b5s`;
    if (seconds < 1) return `${Number((seconds * 1e3).toPrecision(3))} ms`;
    if (seconds < 120) return `${Number(seconds.toPrecision(3))} s`;
    return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  };
  const packets = (event) =>
    same(event.packet, event.last_packet) || !given(event.last_packet) ? `${event.packet}` : `${event.packet}\u2013${event.last_packet}`;
  const filterOf = (event) =>
    same(event.packet, event.last_packet) || !given(event.last_packet)
      ? `frame.number == ${event.packet}`
      : `frame.number >= ${event.packet} && frame.number <= ${event.last_packet}`;

  // Servers in the middle, clients on both sides in the order in which they first appear.
  const lifelinesOf = (page) => {
    const clients = new Map(), servers = new Map();
    for (const event of page) {
      clients.set(event.client, (clients.get(event.client) || 0) + 1);
      servers.set(event.server, (servers.get(event.server) || 0) + 1);
    }
    let names = [...clients.keys()];
    const others = new Set();
    if (names.length > kLifelinesMax) {
      const busiest = [...names].sort((a, b) => clients.get(b) - clients.get(a) || (a < b ? -1 : 1)).slice(0, kLifelinesMax - 1);
      const kept = new Set(busiest);
      for (const name of names) if (!kept.has(name)) others.add(name);
      names = names.filter((name) => kept.has(name));
    }
    const half = Math.ceil(names.length / 2);
    const lines = [...names.slice(0, half).map((name) => ({ name, side: "client" })),
      ...[...servers.keys()].map((name) => ({ name, side: "server" })),
      ...names.slice(half).map((name) => ({ name, side: "client" }))];
    if (others.size > 0) lines.push({ name: `${others.size} others`, side: "others" });
    return { lines, others };
  };

  class Drawing {
    constructor(document, style, page) {
      const full = figures.completed(style);
      this.colours = full.colors;
      this.size = full.font_size;
      this.parts = [];
      const { lines, others } = lifelinesOf(page);
      this.gutter = this.size * 6.8;
      full.width = Math.max(full.width, this.gutter + lines.length * this.size * 7);
      this.full = full;
      this.width = full.width;
      const top = figures.heading(document, full);
      this.parts.push(top.svg);
      const step = (this.width - this.gutter - 12) / lines.length;
      this.step = step;
      this.lines = lines.map((line, place) => ({ ...line, x: this.gutter + step * (place + 0.5) }));
      this.at = new Map();
      for (const line of this.lines) this.at.set(`${line.side}\n${line.name}`, line.x);
      for (const name of others) this.at.set(`client\n${name}`, this.lines[this.lines.length - 1].x);
      this.y = this.header(top.height + this.size);
      this.top = this.y;
      this.rows = 0;
    }
    client(event) { return this.at.get(`client\n${event.client}`); }
    server(event) { return this.at.get(`server\n${event.server}`); }
    // `after` follows the words, smaller and quieter.
    text(x, y, words, { anchor = "start", size = this.size, fill = this.colours.text, weight = "", halo = true, after = "" } = {}) {
      const edge = halo ? ` stroke="${this.colours.background}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"` : "";
      this.parts.push(`<text x="${number(x)}" y="${number(y)}" text-anchor="${anchor}" font-size="${number(size)}" fill="${fill}"${
        weight && ` font-weight="${weight}"`}${edge}>${escape(words)}${
        after && `<tspan dx="${number(size * 0.6)}" font-size="${number(size * 0.86)}" fill="${this.colours.quiet}">${escape(after)}</tspan>`}</text>`);
    }
    path(d, colour, { width = 1.5, dash = "" } = {}) {
      this.parts.push(`<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}"${dash && ` stroke-dasharray="${dash}"`}/>`);
    }
    head(x1, y1, x2, y2, colour) {
      const length = Math.hypot(x2 - x1, y2 - y1) || 1;
      const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
      const [bx, by] = [x2 - 8 * ux, y2 - 8 * uy];
      this.parts.push(`<path d="M${number(x2)} ${number(y2)}L${number(bx - 3.5 * uy)} ${number(by + 3.5 * ux)}L${
        number(bx + 3.5 * uy)} ${number(by - 3.5 * ux)}Z" fill="${colour}"/>`);
    }
    header(y) {
      for (const line of this.lines) {
        const [first, ...rest] = shown(line.name).split(" | ");
        const place = line.side === "others" ? "" : rest.join(" ") || line.side;
        this.text(line.x, y, cut(first, this.step - 6, this.size), { anchor: "middle", weight: "600", halo: false });
        this.text(line.x, y + this.size * 1.15, cut(place, this.step - 4, this.size * 0.8),
          { anchor: "middle", size: this.size * 0.8, fill: this.colours.quiet, halo: false });
      }
      return y + this.size * 3;
    }
    open(event) {
      const words = `${event.t_s.toFixed(6)} s, packet ${packets(event)}: ${shown(event.label)}`;
      this.parts.push(`<g class="event" data-packets="${escape(filterOf(event))}"><title>${escape(words)}</title>`);
    }
    close() { this.parts.push("</g>"); }
    clock(event) {
      this.text(this.gutter - 14, this.y + 4, event.t_s.toFixed(this.digits), { anchor: "end", size: this.size * 0.86, fill: this.colours.quiet, halo: false });
    }
    next() {
      this.rows += 1;
      this.y += kRow;
      if (this.rows % kNamesEvery !== 0) return;
      for (const line of this.lines)
        this.text(line.x, this.y + 2, cut(shown(line.name).split(" | ")[0], this.step - 6, this.size * 0.8),
          { anchor: "middle", size: this.size * 0.8, fill: this.colours.quiet });
      this.y += kRow * 0.8;
    }
    colourOf(event) {
      if (event.kind === "repeat" || event.kind === "fault" || event.kind === "reset") return this.colours.series[kAlarmHue];
      if (event.flow !== undefined) return this.colours.series[kFlowHues[event.hue % kFlowHues.length]];
      return event.kind === "tcp" || event.kind === "data" ? this.colours.quiet : this.colours.text;
    }
    // One arrow in a row of its own, with its words above it.
    arrow(event) {
      const up = event.direction === "client";
      const [x1, x2] = up ? [this.client(event), this.server(event)] : [this.server(event), this.client(event)];
      const colour = this.colourOf(event);
      const dash = { tcp: "2 3", repeat: "6 3", replay: "8 3 2 3", reset: "2 3" }[event.kind] || "";
      this.y += 4;
      this.open(event);
      this.clock(event);
      this.path(`M${number(x1)} ${number(this.y)}H${number(x2)}`, colour, { dash, width: event.kind === "command" ? 2 : 1.4 });
      this.head(x1, this.y, x2, this.y, colour);
      const after = `[${packets(event)}]`;
      const left = Math.min(x1, x2) + 10;
      const words = cut(shown(event.label), this.width - left - widthOf(after, this.size) - 14, this.size * 0.92);
      this.text(left, this.y - 5, words, { size: this.size * 0.92, fill: colour, after });
      this.close();
      this.next();
    }
    // The copies of one message from the one place where they leave the server.
    fan(copies, from) {
      const colour = this.colourOf(copies[0]);
      const x1 = this.server(copies[0]);
      const [y1, y2] = [this.y - 4, this.y + kRow * 0.8];
      const title = `${shown(copies[0].room)} ${copies[0].seq}: ${copies.length} ${copies.length === 1 ? "copy" : "copies"}`;
      this.clock(copies[0]);
      const ends = new Map();
      for (const copy of copies) {
        const x2 = this.client(copy);
        this.open(copy);
        this.path(`M${number(x1)} ${number(y1)}L${number(x2)} ${number(y2)}`, colour, { width: 1.4, dash: copy.kind === "replay" ? "8 3 2 3" : "" });
        this.head(x1, y1, x2, y2, colour);
        const stack = ends.get(x2) || 0;
        ends.set(x2, stack + 1);
        if (stack < 2) {
          const late = from === undefined ? "" : ` +${time(copy.t_s - from)}`;
          this.text(x2, y2 + this.size * (0.95 + 0.9 * stack), cut(`[${packets(copy)}]${late}`, this.step - 4, this.size * 0.78),
            { anchor: "middle", size: this.size * 0.78, fill: this.colours.quiet });
        }
        this.close();
      }
      this.parts.push(`<circle cx="${number(x1)}" cy="${number(y1)}" r="3.5" fill="${colour}"/>`);
      this.text(x1, y1 - 6, title, { anchor: "middle", size: this.size * 0.86, fill: colour, weight: "600" });
      this.y = y2 + this.size * (Math.min(2, Math.max(...ends.values())) * 0.9) + 4;
      this.next();
    }
    fold(seconds) {
      const y = this.y + 2;
      for (const line of this.lines)
        this.path(`M${number(line.x - 5)} ${number(y - 2)}l10 -4m-10 10l10 -4`, this.colours.quiet, { width: 1.2 });
      this.text(this.gutter - 14, y + 4, `${time(seconds)} quiet`, { anchor: "end", size: this.size * 0.78, fill: this.colours.quiet, halo: false });
      this.y += kRow * 0.9;
    }
    note(words) {
      this.text(this.gutter, this.y + 6, words, { size: this.size * 0.86, fill: this.colours.quiet, halo: false });
      this.y += kRow;
    }
    svg(document) {
      const height = Math.ceil(this.y + 8);
      const lines = this.lines.map((line) =>
        `<path d="M${number(line.x)} ${number(this.top)}V${height - 4}" stroke="${this.colours.axis}" stroke-width="${line.side === "server" ? 3 : 1}"/>`);
      return figures.framed(document, { ...this.full, height }, lines.join("") + this.parts.join(""));
    }
  }

  // The events that belong to one message, as far as they follow each other: the copies, and the OK to the sender.
  const takeFlow = (page, at, command) => {
    const copies = [], answers = [];
    let next = at;
    for (; next < page.length; ++next) {
      const event = page[next];
      if (event.kind === "copy" && event.flow === page[at].flow) copies.push(event);
      else if (command && event.kind === "frame" && event.direction === "server" && event.connection === command.connection &&
               new RegExp(`^OK\\b.*\\bseq=${Number(command.seq)}\\b`).test(event.label)) answers.push(event);
      else break;
    }
    return { copies, answers, next };
  };

  const draw = (document, style = {}) => {
    const { count, pages } = pagesOf(document, style);
    const place = Math.min(Math.max(Number(style.page) || 0, 0), Math.max(pages.length - 1, 0));
    const page = pages[place] || [];
    const drawing = new Drawing(document, style, page);
    const span = page.length > 1 ? page[page.length - 1].t_s - page[0].t_s : 0;
    drawing.digits = span < 0.1 ? 6 : span < 10 ? 4 : 3;
    if (page.length === 0) drawing.note("No frame and no sign of TCP is left by this filter.");
    let before, command;
    for (let at = 0; at < page.length;) {
      const event = page[at];
      if (before !== undefined && event.t_s - before > kFoldSeconds) drawing.fold(event.t_s - before);
      if (event.kind === "copy") {
        const from = command && command.flow === event.flow ? command : undefined;
        const { copies, answers, next } = takeFlow(page, at, from);
        drawing.fan(copies, from && from.t_s);
        for (const answer of answers) drawing.arrow(answer);
        at = next;
      } else {
        drawing.arrow(event);
        if (event.kind === "command") command = event;
        at += 1;
      }
      before = page[at - 1].t_s;
    }
    if (pages.length > 1)
      drawing.note(`Arrows ${place * kPageSize + 1} to ${place * kPageSize + page.length} of ${count}, in the order of time.`);
    return drawing.svg(document);
  };

  figures.kinds.ladder = draw;
  // For a page that turns the leaves: [{from, to, count}], in seconds since the first packet.
  figures.ladderPages = (document, style) => pagesOf(document, style).pages.map((page) =>
    ({ from: page[0].t_s, to: page[page.length - 1].t_s, count: page.length }));
})();
