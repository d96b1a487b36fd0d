// The page's own script: filters that stand in the address, tables that sort and search, figures drawn anew,
// downloads, and display filters to copy. Without it the page has the same words, figures and tables.
"use strict";
(() => {
  const kRowsShown = 300;
  const figures = globalThis.plaintalkFigures;
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const given = (value) => value !== undefined && value !== null && value !== "";
  const kKeys = ["person", "room", "connection", "from", "to"];

  // ---- what is filtered, and the address
  let filter = {};
  const read = () => {
    const words = new URLSearchParams(location.hash.slice(1));
    const found = {};
    for (const key of kKeys) if (given(words.get(key))) found[key] = words.get(key);
    for (const key of ["from", "to"]) if (given(found[key]) && !Number.isFinite(Number(found[key]))) delete found[key];
    return found;
  };
  const write = () => {
    const words = new URLSearchParams();
    for (const key of kKeys) if (given(filter[key])) words.set(key, filter[key]);
    const hash = String(words);
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  };

  // ---- copying
  const say = (words) => {
    const place = byId("copied");
    place.textContent = words;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { place.textContent = ""; }, 4000);
  };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      say(`Copied: ${text}`);
    } catch {
      const field = make("textarea", { readonly: "" });
      field.value = text;
      document.body.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      say(done ? `Copied: ${text}` : `To copy: ${text}`);
    }
  };
  document.addEventListener("click", (event) => {
    const marked = event.target.closest("[data-f],[data-packets],[data-packet]");
    if (!marked) return;
    copy(marked.dataset.f ?? marked.dataset.packets ?? packetFilter(marked.dataset.packet));
  });
  const packetFilter = (words) => {
    const [first, last] = String(words).split("-");
    return last && last !== first ? `frame.number >= ${first} && frame.number <= ${last}` : `frame.number == ${first}`;
  };

  // ---- tables
  const collator = new Intl.Collator("en", { numeric: true });
  const list = (text) => text.split(", ");
  class Table {
    constructor(element) {
      this.element = element;
      this.body = element.querySelector("tbody");
      this.heads = [...element.querySelectorAll("thead th")];
      this.roles = this.heads.map((head) => head.dataset.role || "");
      this.numeric = this.heads.map((head) => head.classList.contains("n"));
      this.rows = [...this.body.rows].map((row) => ({ element: row, cells: [...row.cells].map((cell) => cell.textContent) }));
      for (const cells of data.tables[element.id] || []) this.rows.push({ cells });
      this.limit = kRowsShown;
      this.words = "";
      this.heads.forEach((head, place) => {
        const button = make("button", { type: "button", class: "sort" }, head.textContent);
        head.replaceChildren(button);
        button.addEventListener("click", () => this.sort(place));
      });
      const caption = element.querySelector(".rule");
      if (caption && caption.textContent.startsWith("Without JavaScript")) caption.textContent = caption.textContent.replace(/^[^.]*\.\s*/, "");
      const field = make("input", { type: "search", placeholder: "search", "aria-label": `Search in: ${element.querySelector("caption").firstChild.textContent.trim()}` });
      field.addEventListener("input", () => { this.words = field.value.toLowerCase(); this.limit = kRowsShown; this.show(); });
      this.count = make("span", { class: "said", role: "status" });
      this.more = make("button", { type: "button" }, "Show more rows");
      this.more.addEventListener("click", () => { this.limit += 1000; this.show(); });
      const csv = make("button", { type: "button" }, "CSV");
      csv.addEventListener("click", () => save(`${element.id}.csv`, new Blob([this.csv()], { type: "text/csv" })));
      element.prepend(make("div", { class: "tools find" }, field, csv, this.count));
      element.append(this.more);
      this.show();
    }
    passes(row) {
      if (this.words && !row.cells.some((cell) => cell.toLowerCase().includes(this.words))) return false;
      const places = (role) => this.roles.flatMap((name, place) => (name === role ? [place] : []));
      for (const role of ["person", "room", "connection"]) {
        const at = places(role);
        if (!given(filter[role]) || at.length === 0) continue;
        if (!at.some((place) => row.cells[place] === filter[role] || (role === "person" && list(row.cells[place]).includes(filter[role])))) return false;
      }
      const [begin] = places("time"), [end = begin] = places("until");
      if (begin !== undefined && given(filter.from) && !(row.cells[end] !== "" && Number(row.cells[end]) >= Number(filter.from))) return false;
      return !(begin !== undefined && given(filter.to) && !(row.cells[begin] !== "" && Number(row.cells[begin]) <= Number(filter.to)));
    }
    sort(place) {
      const up = this.sorted === place ? !this.up : true;
      this.sorted = place;
      this.up = up;
      this.heads.forEach((head, at) => (at === place ? head.setAttribute("aria-sort", up ? "ascending" : "descending") : head.removeAttribute("aria-sort")));
      const order = up ? 1 : -1;
      // What is unknown stays at the end, whichever way.
      this.rows.sort((a, b) => {
        const [left, right] = [a.cells[place], b.cells[place]];
        if (left === "" || right === "") return (left === "") - (right === "");
        return order * (this.numeric[place] ? Number(left) - Number(right) : collator.compare(left, right));
      });
      this.show();
    }
    built(row) {
      if (row.element) return row.element;
      const first = this.roles.indexOf("packet");
      row.element = make("tr");
      row.cells.forEach((text, place) => {
        const cell = make("td", this.numeric[place] ? { class: "n" } : {});
        const words = displayFilter(this.roles[place], text, row.cells[first]);
        cell.append(words ? make("button", { type: "button", class: "pk", title: `copy ${words}`, "data-f": words }, text) : text);
        row.element.append(cell);
      });
      return row.element;
    }
    left() { return this.rows.filter((row) => this.passes(row)); }
    show() {
      const kept = this.left();
      this.body.replaceChildren(...kept.slice(0, this.limit).map((row) => this.built(row)));
      const some = kept.length < this.rows.length;
      this.count.textContent = some ? `${kept.length} of ${this.rows.length} rows` : `${this.rows.length} ${this.rows.length === 1 ? "row" : "rows"}`;
      this.more.hidden = kept.length <= this.limit;
    }
    csv() {
      // What a spreadsheet would run as a formula gets an apostrophe, as in the files of the analysis.
      const field = (text) => {
        const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?[0-9.]+$/.test(text) && !/^@[^\s,()]+,[^\s,()]+$/.test(text) ? `'${text}` : text;
        return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
      };
      return [this.heads.map((head) => head.dataset.column), ...this.left().map((row) => row.cells)].map((row) => row.map(field).join(",") + "\n").join("");
    }
  }
  const displayFilter = (role, text, first) => {
    if (!/^[0-9][0-9 ]*$/.test(text || "")) return "";
    if (role === "packet") return `frame.number == ${text}`;
    if (role === "last") return !first || first === text ? `frame.number == ${text}` : `frame.number >= ${first} && frame.number <= ${text}`;
    if (role === "packets") return text.includes(" ") ? `frame.number in {${text.split(" ").join(", ")}}` : `frame.number == ${text}`;
    return role === "stream" ? `tcp.stream == ${text}` : "";
  };
  const save = (name, blob) => {
    const link = make("a", { download: name, href: URL.createObjectURL(blob) });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  // ---- figures
  class Drawn {
    constructor(element) {
      this.element = element;
      this.name = element.dataset.figure;
      this.canvas = element.querySelector(".canvas");
      this.documents = data.figures[this.name] || [];
      this.place = 0;
      this.page = 0;
      this.tools = make("div", { class: "tools" });
      this.canvas.after(this.tools);
      if (this.documents.length > 1) this.addChoice();
      if (this.document && this.document.kind === "ladder") this.addPages();
      for (const [words, run] of [["SVG", () => this.saveSvg()], ["PNG", () => this.savePng()]]) {
        const button = make("button", { type: "button", "aria-label": `Download as ${words}: ${this.title}` }, words);
        button.addEventListener("click", run);
        this.tools.append(button);
      }
      this.drawnWith = this.canvas.querySelector("svg") ? this.key({ width: Infinity }) : "";
    }
    get title() { return this.element.querySelector("h3").textContent; }
    get document() { return this.documents[this.place] && this.documents[this.place].document; }
    addChoice() {
      this.select = make("select");
      this.documents.forEach((one, place) => this.select.append(make("option", { value: place }, one.label)));
      this.select.addEventListener("change", () => { this.place = Number(this.select.value); this.page = 0; redraw(); });
      this.tools.append(make("label", {}, "Connection ", this.select));
    }
    addPages() {
      const button = (words, by) => {
        const made = make("button", { type: "button" }, words);
        made.addEventListener("click", () => { this.page += by; redraw(); });
        return made;
      };
      this.previous = button("Previous", -1);
      this.next = button("Next", 1);
      this.where = make("span", { class: "said", role: "status" });
      const jump = make("input", { type: "number", step: "any", min: "0", "aria-label": "Go to this time, in seconds" });
      jump.addEventListener("change", () => {
        const found = this.pages.findIndex((page) => page.to >= Number(jump.value));
        this.page = found < 0 ? this.pages.length - 1 : found;
        redraw();
      });
      this.turning = make("span", { class: "tools" }, this.previous, this.next, make("label", {}, "go to (s) ", jump));
      this.tools.append(this.turning, this.where);
    }
    choose() {
      if (this.documents.length < 2 || !given(filter.connection)) return;
      const found = this.documents.findIndex((one) => one.value === filter.connection);
      if (found >= 0) { this.place = found; this.select.value = String(found); }
    }
    // The figure's own unit of time: seconds since the first packet, or since the epoch.
    style() {
      const column = [].concat((this.document.filter || {}).time || [])[0];
      const epoch = given(column) && !/(^|_)s$/.test(column);
      const wanted = { ...filter };
      for (const key of ["from", "to"]) if (given(wanted[key])) wanted[key] = Number(wanted[key]) + (epoch ? Number(data.first_time) : 0);
      if (this.documents.length > 1 || this.documents[0].value) delete wanted.connection;
      const width = Math.max(320, Math.min(this.element.clientWidth - 16, 1060));
      return { width, height: width < 500 ? 320 : 380, font: "system-ui, 'DejaVu Sans', sans-serif", font_size: 12, scheme: "light", filter: wanted, page: this.page };
    }
    key(style) { return JSON.stringify([this.place, this.page, style.filter && Object.keys(style.filter).length ? style.filter : {}, style.width < 640 ? style.width : 0]); }
    async draw() {
      if (!this.document) return;
      this.choose();
      const style = this.style();
      if (this.turning) {
        this.pages = figures.ladderPages(this.document, style);
        this.page = style.page = Math.min(Math.max(this.page, 0), Math.max(this.pages.length - 1, 0));
        this.turning.hidden = this.pages.length < 2;
        this.previous.disabled = this.page === 0;
        this.next.disabled = this.page >= this.pages.length - 1;
        this.where.textContent = this.pages.length > 1 ? `page ${this.page + 1} of ${this.pages.length}` : "";
      }
      const key = this.key(style);
      if (key === this.drawnWith) return;
      this.drawnWith = key;
      // The page says title and notes itself.
      const text = await figures.svg({ ...this.document, title: "", notes: [] }, style);
      if (key !== this.drawnWith) return;
      this.put(text);
    }
    put(text) {
      const own = text.replaceAll(' id="', ` id="${this.name}-`).replaceAll("url(#", `url(#${this.name}-`);
      const svg = new DOMParser().parseFromString(own, "image/svg+xml").documentElement;
      svg.setAttribute("aria-label", this.title);
      this.canvas.replaceChildren(document.importNode(svg, true));
      for (const words of this.element.querySelectorAll(".lacking")) words.remove();
      // Of another connection, which has its own words.
      if (this.documents.length < 2) return;
      this.element.querySelector("h3").textContent = this.document.title;
      const sentence = this.element.querySelector(".sentence");
      if (sentence) sentence.textContent = this.document.sentence;
    }
    whole() { return figures.svg(this.document, { ...this.style(), width: Math.max(760, this.element.clientWidth - 16) }); }
    async saveSvg() { save(`${this.name}.svg`, new Blob([await this.whole()], { type: "image/svg+xml" })); }
    async savePng() {
      const image = new Image();
      image.src = URL.createObjectURL(new Blob([await this.whole()], { type: "image/svg+xml" }));
      await image.decode();
      const canvas = make("canvas");
      const scale = Math.min(2, 16000 / image.height);
      canvas.width = image.width * scale;
      canvas.height = image.height * scale;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      URL.revokeObjectURL(image.src);
      canvas.toBlob((blob) => save(`${this.name}.png`, blob), "image/png");
    }
  }

  // ---- the whole
  const tables = [...document.querySelectorAll(".table")].map((element) => new Table(element));
  const drawn = [...document.querySelectorAll("figure[data-figure]")].filter((element) => (data.figures[element.dataset.figure] || []).length > 0)
    .map((element) => new Drawn(element));
  const findings = [...document.querySelectorAll(".finding")];
  let turn = 0;
  const redraw = async () => {
    const mine = ++turn;
    document.documentElement.dataset.drawn = "no";
    for (const figure of drawn) {
      try {
        await figure.draw();
      } catch (error) {
        figure.canvas.replaceChildren(make("p", {}, `This figure could not be drawn: ${error.message}`));
      }
      await new Promise((go) => setTimeout(go));
      if (mine !== turn) return;
    }
    document.documentElement.dataset.drawn = "yes";
  };
  const form = byId("filters");
  const apply = () => {
    for (const key of kKeys) {
      const field = form.elements[key];
      // Somebody may have been named who is not in the list.
      if (field.tagName === "SELECT" && given(filter[key]) && ![...field.options].some((option) => option.value === filter[key]))
        field.append(make("option", { value: filter[key] }, filter[key]));
      field.value = filter[key] ?? "";
    }
    for (const table of tables) { table.limit = kRowsShown; table.show(); }
    for (const finding of findings) {
      const time = finding.dataset.t;
      finding.hidden = (given(filter.connection) && given(finding.dataset.connection) && finding.dataset.connection !== filter.connection) ||
        (given(filter.from) && given(time) && Number(time) < Number(filter.from)) || (given(filter.to) && given(time) && Number(time) > Number(filter.to));
    }
    for (const figure of drawn) figure.page = 0;
    const words = kKeys.filter((key) => given(filter[key])).map((key) => `${key} ${filter[key]}`);
    byId("filtered").textContent = words.length ? `Only: ${words.join(", ")}` : "Everything is shown.";
    redraw();
  };
  form.addEventListener("change", () => {
    filter = {};
    for (const key of kKeys) if (given(form.elements[key].value)) filter[key] = form.elements[key].value;
    write();
    apply();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    filter = {};
    write();
    apply();
  });
  byId("link").addEventListener("click", () => copy(location.href));
  // Contents move the view and leave the filter in the address.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const target = link && byId(link.getAttribute("href").slice(1));
    if (!target) return;
    event.preventDefault();
    target.scrollIntoView();
    target.setAttribute("tabindex", "-1");
    target.focus({ preventScroll: true });
  });
  addEventListener("hashchange", () => { filter = read(); apply(); });
  addEventListener("beforeprint", () => { for (const finding of findings) finding.open = true; });
  let width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; redraw(); } });
  form.hidden = false;
  filter = read();
  apply();
})();
