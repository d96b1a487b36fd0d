// Kind "chart": axes and series, drawn by Vega. Vega lays out axes and marks; title, notes and legend are ours, since its
// legends cannot tell a bar from a line.
'use strict';
(function () {
  const figures = globalThis.plaintalkFigures;
  const dashes = [[], [6, 3], [2, 2], [9, 3, 2, 3], [1, 3], [12, 4], [4, 2, 1, 2], [14, 3, 3, 3]];
  // As paths between -1 and 1: circle, square, triangle, diamond, cross, triangle on its head, and two that lie.
  const shapes = ['M0.9,0A0.9,0.9,0,1,1,-0.9,0A0.9,0.9,0,1,1,0.9,0Z', 'M-0.8,-0.8H0.8V0.8H-0.8Z', 'M0,-1L1,0.8H-1Z', 'M0,-1.1L0.8,0L0,1.1L-0.8,0Z',
    'M-0.3,-1H0.3V-0.3H1V0.3H0.3V1H-0.3V0.3H-1V-0.3H-0.3Z', 'M0,1L1,-0.8H-1Z', 'M1,0L-0.8,1V-1Z', 'M-1,0L0.8,1V-1Z'];
  const unseenMax = 1500;
  const seriesMax = 8;  // more than that nobody can tell apart

  vega.textMetrics.canvas(false);
  vega.textMetrics.width = (item, text) =>
    figures.widthOf(vega.isArray(text) ? text.join(' ') : text ?? '', vega.textMetrics.height(item));

  // The series that are drawn: each of the document's, once for each value of the column that splits it.
  function seriesOf(document, rows) {
    const at = (name) => document.columns.indexOf(name);
    const x = at(document.x.column);
    const packets = (document.packets || []).map(at);
    const split = document.split ? at(document.split) : -1;
    const values = split < 0 ? [null] : Array.from(new Set(rows.map((row) => row[split])));
    const left_out = Math.max(0, values.length - seriesMax);
    if (left_out) values.length = seriesMax;
    const all = [];
    values.forEach((value, group) => {
      const own = split < 0 ? rows : rows.filter((row) => row[split] === value);
      document.series.forEach((series, index) => {
        const y = at(series.column);
        const to = series.to ? at(series.to) : -1;
        const until = series.until ? at(series.until) : -1;
        const several = split >= 0 && document.series.length > 1;
        const points = [];
        const where = series.where ? at(series.where.column) : -1;
        for (const row of own) {
          if (where >= 0 && row[where] !== series.where.value) continue;
          const point = { x: row[x], y: row[y], k: packetsOf(row, packets) };
          if (to >= 0) {
            point.z = row[to];
            point.m = (row[y] + row[to]) / 2;
          }
          if (until >= 0) point.u = row[until];
          points.push(point);
        }
        all.push({
          name: split < 0 ? series.name : several ? `${value ?? 'unknown'}: ${series.name}` : String(value ?? 'unknown'),
          mark: series.mark,
          stretches: series.stretch !== false,
          color: split < 0 ? index : group,
          kind: split < 0 ? index : document.series.length > 1 ? index : group,
          points,
        });
      });
    });
    return { all, left_out };
  }

  // "packet 7" or "packets 7-9", from which `data-packet` is made.
  function packetsOf(row, places) {
    const numbers = places.map((place) => row[place]).filter((number) => Number.isSafeInteger(number));
    if (!numbers.length) return null;
    const first = Math.min(...numbers);
    const last = Math.max(...numbers);
    return 'packet ' + (first === last ? first : `${first}-${last}`);
  }

  function isDrawn(value, axis) {
    if (axis.scale === 'category') return value !== null;
    return typeof value === 'number' && Number.isFinite(value) && (axis.scale !== 'log' || value > 0);
  }

  function scaleOf(name, axis, values, full) {
    const range = name === 'x' ? 'width' : 'height';
    if (axis.scale === 'category') {
      return { name, type: 'band', domain: Array.from(new Set(values)), range, padding: 0.25 };
    }
    const type = axis.scale === 'log' ? 'log' : axis.scale === 'time' ? 'utc' : 'linear';
    const factor = axis.scale === 'time' ? 1000 : 1;
    let [least, most] = extremes(values);
    if (axis.zero && type === 'linear') {
      least = Math.min(least, 0);
      most = Math.max(most, 0);
    }
    if (least === most) {
      const about = Math.abs(most) / 10 || 1;
      [least, most] = type === 'log' ? [least / 3, most * 3] : [axis.zero && least === 0 ? 0 : least - about, most + about];
    }
    if (type === 'log') [least, most] = [least / 1.15, most * 1.15];
    return { name, type, domain: [least * factor, most * factor], range, nice: name === 'y' && type !== 'log', zero: false };
  }

  // A series that may not stretch the y axis is drawn as far as it is near the others; where it is not, words say so.
  function keptInside(drawn, document) {
    if (document.y.scale === 'category' || !drawn.some((entry) => !entry.stretches)) return [];
    let least = Infinity;
    let most = -Infinity;
    for (const entry of drawn.filter((one) => one.stretches)) {
      for (const point of entry.points) {
        for (const value of [point.y, point.z]) {
          if (typeof value !== 'number') continue;
          least = Math.min(least, value);
          most = Math.max(most, value);
        }
      }
    }
    if (!(least <= most)) return [];
    const top = most + (most - least) * 0.5;
    const notes = [];
    for (const entry of drawn.filter((one) => !one.stretches)) {
      let highest = -Infinity;
      for (const point of entry.points) {
        if (point.y === null || point.y <= top) continue;
        highest = Math.max(highest, point.y);
        point.y = null;
      }
      if (highest > top) notes.push(`Above the picture: ${entry.name}, up to ${String(Math.round(highest)).replace(/\B(?=(\d{3})+$)/g, ',')}.`);
    }
    for (let at = drawn.length - 1; at >= 0; --at) {
      if (!drawn[at].points.some((point) => point.y !== null)) drawn.splice(at, 1);
    }
    return notes;
  }

  // As many digits before powers of ten as have room; equal steps where there are too few of them.
  function logTicks(values, size, font_size) {
    let [least, most] = extremes(values.filter((value) => value > 0));
    if (least === most) return [least];
    [least, most] = [least / 1.15, most * 1.15];
    const room = Math.max(2, Math.floor(size / (font_size * 3)));
    for (const digits of [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]) {
      const ticks = [];
      for (let power = Math.floor(Math.log10(least)); power <= Math.log10(most); ++power) {
        for (const digit of digits) {
          const tick = Number(`${digit}e${power}`);
          if (tick >= least && tick <= most) ticks.push(tick);
        }
      }
      if (digits.length === 9 && ticks.length < 3) return equalTicks(least, most);
      if (ticks.length <= room || digits.length === 1) return ticks;
    }
    return [];
  }

  function equalTicks(least, most) {
    const power = Math.floor(Math.log10((most - least) / 3));
    const digit = [5, 2, 1].find((one) => one * 10 ** power <= (most - least) / 3) || 1;
    const ticks = [];
    for (let count = Math.ceil(least / (digit * 10 ** power)); count * digit * 10 ** power <= most; ++count) {
      ticks.push(Number(`${count * digit}e${power}`));
    }
    return ticks;
  }

  function extremes(values) {
    let least = Infinity;
    let most = -Infinity;
    for (const value of values) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
    return [least, most];
  }

  function axisTitle(axis) {
    return axis.unit ? `${axis.title} (${axis.unit})` : axis.title;
  }

  function axisOf(name, axis, full, size, values) {
    const result = {
      scale: name, orient: name === 'x' ? 'bottom' : 'left', title: figures.shortened(axisTitle(axis), full.font_size, size),
      grid: axis.scale !== 'category', aria: false, labelOverlap: 'greedy',
      tickCount: Math.max(2, Math.floor(size / (full.font_size * (name === 'x' ? 7 : 3.2)))),
      titlePadding: full.font_size * 0.6, labelLimit: full.width / 3,
    };
    if (name === 'x' && axis.scale !== 'category') result.labelFlush = true;
    if (axis.scale === 'time') {
      Object.assign(result, { formatType: 'utc', format: { milliseconds: '%H:%M:%S.%L', seconds: '%H:%M:%S', minutes: '%H:%M', hours: '%H:%M', date: '%d %b', day: '%d %b' } });
    }
    if (axis.scale === 'log') Object.assign(result, { format: ',~r', values: logTicks(values, size, full.font_size) });
    if (name === 'y' && axis.scale === 'linear' && values.every(Number.isInteger)) result.tickMinStep = 1;
    return result;
  }

  function config(full) {
    const { font, font_size: size, colors } = full;
    return {
      background: 'transparent', font,
      axis: {
        labelFont: font, titleFont: font, labelFontSize: size * 0.92, titleFontSize: size, titleFontWeight: 'normal',
        labelColor: colors.text, titleColor: colors.text, gridColor: colors.grid, domainColor: colors.axis, tickColor: colors.axis,
      },
    };
  }

  function marksOf(entry, index, full, document, step) {
    const colors = full.colors.series;
    const color = colors[entry.color % colors.length];
    const data = { data: 's' + index };
    const place = (scale, axis, field, offset) => axis.scale === 'category'
      ? { scale, field, band: 0.5, ...(offset ? { offset: { field: 'o' } } : {}) } : { scale, field };
    const x = place('x', document.x, 'x', true);
    const y = place('y', document.y, 'y', true);
    const described = { description: { field: 'k' } };
    const dash = dashes[entry.kind % dashes.length];
    const line = { strokeWidth: { value: full.font_size / 7 }, ...(dash.length ? { strokeDash: { value: dash } } : {}) };
    const defined = { signal: 'isValid(datum.y) && isValid(datum.x)' };
    switch (entry.mark) {
      case 'line':
      case 'steps': {
        const encode = { x, y, stroke: { value: color }, ...line, defined, interpolate: { value: entry.mark === 'steps' ? 'step-after' : 'linear' } };
        // One value alone makes no line.
        const alone = { x, y, fill: { value: color }, size: { value: full.font_size * 1.5 }, ...described };
        // What leads to the packets of a line is there and not seen; of very long ones it would only weigh.
        const unseen = { x, y, fill: { value: color }, fillOpacity: { value: 0 }, size: { value: full.font_size * 4 }, ...described };
        const led = entry.points.length <= unseenMax && entry.points.some((point) => point.k !== null);
        return [{ type: 'line', from: data, encode: { update: encode } },
          { type: 'symbol', from: { data: 'a' + index }, encode: { update: alone } },
          ...(led ? [{ type: 'symbol', from: { data: 'p' + index }, encode: { update: unseen } }] : [])];
      }
      case 'area':
        return [{ type: 'area', from: data, encode: { update: { x, y, y2: { scale: 'y', value: 0 }, fill: { value: color }, fillOpacity: { value: 0.25 }, stroke: { value: color }, ...line, defined } } }];
      case 'bars': {
        const size = document.x.scale === 'category'
          ? { x: { scale: 'x', field: 'x' }, width: { scale: 'x', band: 1 } }
          : { x: { scale: 'x', field: 'x' }, x2: { scale: 'x', field: 'u' } };
        return [{ type: 'rect', from: data, encode: { update: { ...size, y, y2: { scale: 'y', value: 0 }, fill: { value: color }, fillOpacity: { value: 0.85 }, stroke: { value: full.colors.background }, strokeWidth: { value: 0.5 }, ...described } } }];
      }
      case 'range': {
        const bar = { type: 'rule', from: data, encode: { update: { x, y, y2: { scale: 'y', field: 'z' }, stroke: { value: color }, strokeWidth: { value: Math.max(1.2, full.font_size / 6) }, strokeCap: { value: 'square' }, ...described } } };
        if (!entry.shape) return [bar];
        // Bars of several series are told apart by a shape in their middle as well.
        const middle = { scale: 'y', field: 'm' };
        return [bar, { type: 'symbol', from: data, encode: { update: { x, y: middle, shape: { value: entry.shape }, size: { value: full.font_size * 3 }, fill: { value: 'transparent' }, stroke: { value: color }, strokeWidth: { value: 1.2 }, ...described } } }];
      }
      case 'tick': {
        const half = step * 0.36;
        return [{ type: 'rule', from: data, encode: { update: { x, y: { scale: 'y', field: 'y', band: 0.5, offset: -half }, y2: { scale: 'y', field: 'y', band: 0.5, offset: half }, stroke: { value: color }, strokeWidth: { value: full.font_size / 5 }, ...described } } }];
      }
      default:  // points
        return [{ type: 'symbol', from: data, encode: { update: { x, y, shape: { value: shapes[entry.kind % shapes.length] }, size: { value: full.font_size * 2.6 }, fill: { value: color }, fillOpacity: { value: 0.55 }, stroke: { value: color }, strokeWidth: { value: 0.8 }, ...described } } }];
    }
  }

  // A drawing of the mark and its name, in as many lines as are needed: {svg, height}.
  function legend(entries, full, top) {
    if (entries.length < 2) return { svg: '', height: 0 };
    const size = full.font_size;
    const margin = size;
    let x = margin;
    let y = top + size * 0.8;
    let svg = '';
    for (const entry of entries) {
      const name = figures.shortened(entry.name, size * 0.95, full.width - 5 * size);
      const width = size * 2.6 + figures.widthOf(name, size * 0.95) + size * 1.4;
      if (x > margin && x + width > full.width) {
        x = margin;
        y += size * 1.5;
      }
      svg += sample(entry, full, x, y) + figures.textElement(x + size * 2.6, y + size * 0.35, name, { 'font-size': figures.round(size * 0.95), fill: full.colors.text });
      x += width;
    }
    return { svg, height: y + size - top };
  }

  function sample(entry, full, x, y) {
    const color = full.colors.series[entry.color % full.colors.series.length];
    const size = full.font_size;
    const middle = x + size * 1.1;
    const r = figures.round;
    const dash = dashes[entry.kind % dashes.length].join(' ');
    const dashed = dash ? ` stroke-dasharray="${dash}"` : '';
    switch (entry.mark) {
      case 'line':
        return `<path d="M${r(x)},${r(y)}h${r(size * 2.2)}" stroke="${color}" stroke-width="${r(size / 6)}"${dashed} fill="none"/>`;
      case 'steps':
        return `<path d="M${r(x)},${r(y + size * 0.3)}h${r(size * 1.1)}v${r(-size * 0.6)}h${r(size * 1.1)}" stroke="${color}" stroke-width="${r(size / 6)}"${dashed} fill="none"/>`;
      case 'area':
      case 'bars':
        return `<rect x="${r(x + size * 0.5)}" y="${r(y - size * 0.4)}" width="${r(size * 1.2)}" height="${r(size * 0.8)}" fill="${color}" fill-opacity="${entry.mark === 'area' ? 0.35 : 0.85}"/>`;
      case 'range':
      case 'tick': {
        const bar = `<path d="M${r(middle)},${r(y - size * 0.5)}v${r(size)}" stroke="${color}" stroke-width="${r(size / 5)}"/>`;
        return entry.mark === 'range' && entry.shape ? bar + shapeAt(entry.shape, middle, y, full.colors.background, color, full) : bar;
      }
      default: {
        return shapeAt(shapes[entry.kind % shapes.length], middle, y, color, color, full);
      }
    }
  }

  function shapeAt(shape, x, y, fill, stroke, full) {
    const size = full.font_size * 0.42;
    return `<path transform="translate(${figures.round(x)},${figures.round(y)}) scale(${figures.round(size)})" d="${shape}" fill="${fill}" ` +
      `fill-opacity="0.55" stroke="${stroke}" stroke-width="${figures.round(1 / size)}"/>`;
  }

  // What Vega says for readers of screens is put away (the picture says it as a whole); the packets stay.
  function cleaned(svg) {
    const inside = svg.slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>'));
    return inside.replace(/<(?:g|path|line|rect|text|tspan)\b[^<>]*>/g, (tag) => tag
      .replace(/ aria-label="packet ([0-9]+(?:-[0-9]+)?)"/, ' data-packet="$1"')
      .replace(/ (?:role|aria-[a-z]+)="[^"]*"/g, '').replace(/ class="[^"]*"/, '').replace(/ pointer-events="none"/, ''));
  }

  // The smallest and largest places, and the names, on both axes.
  function placesOf(drawn) {
    const xs = [];
    const ys = [];
    for (const entry of drawn) {
      for (const point of entry.points) {
        xs.push(point.x);
        if (point.u !== undefined && point.u !== null) xs.push(point.u);
        if (point.y !== null) ys.push(point.y);
        if (point.z !== undefined && point.z !== null) ys.push(point.z);
      }
    }
    return { xs, ys };
  }

  // Vega draws what it can and tells a console of the rest: half a picture is none.
  function loggerInto(faults) {
    const logger = { level: (level) => (level === undefined ? vega.Error : logger), warn: () => logger, info: () => logger, debug: () => logger };
    logger.error = (...words) => {
      faults.push(words.map((word) => String((word && word.message) || word)).join(' '));
      return logger;
    };
    return logger;
  }

  // Axes and marks of some series: what is inside an SVG of the full width and `height`.
  async function plot(drawn, xs, document, full, height, panel) {
    const { ys } = placesOf(drawn);
    const categories = document.y.scale === 'category' ? new Set(ys).size : 0;
    const step = categories ? (height - full.font_size * 4.5) / categories : 0;
    const data = [];
    drawn.forEach((entry, index) => {
      const factors = [document.x, document.y].map((axis) => (axis.scale === 'time' ? 1000 : 1));
      const values = entry.points.map((point, place) => ({
        ...point, x: factors[0] === 1 ? point.x : point.x * 1000, y: point.y === null || factors[1] === 1 ? point.y : point.y * 1000,
        ...(point.u === undefined || factors[0] === 1 ? {} : { u: point.u * 1000 }),
        // Equal values beside each other, in the same way each time.
        o: entry.mark === 'points' ? ((place * 0.618034) % 1 - 0.5) * step * 0.55 : 0,
      }));
      data.push({ name: 's' + index, values });
      if (entry.mark === 'line' || entry.mark === 'steps') {
        const known = (place) => values[place] !== undefined && values[place].y !== null;
        data.push({ name: 'a' + index, values: values.filter((value, place) => known(place) && !known(place - 1) && !known(place + 1)) });
        data.push({ name: 'p' + index, values: values.filter((value) => value.y !== null && value.k !== null) });
      }
    });
    const axes = [axisOf('x', document.x, full, full.width * 0.85, xs), axisOf('y', document.y, full, height - full.font_size * (panel ? 1.5 : 4), ys)];
    if (panel) {
      Object.assign(axes[1], { title: figures.shortened(drawn[0].name, full.font_size, height), minExtent: panel.extent, maxExtent: panel.extent });
      if (!panel.last) Object.assign(axes[0], { labels: false, title: null, ticks: false });
    }
    const spec = {
      width: full.width, height,
      padding: { left: full.font_size * 0.8, right: full.font_size * 1.6, top: full.font_size * 0.7, bottom: full.font_size * (panel && !panel.last ? 0.1 : 0.6) },
      autosize: { type: 'fit', contains: 'padding' },
      config: config(full), data, axes,
      scales: [scaleOf('x', document.x, xs, full), scaleOf('y', document.y, ys, full)],
      marks: drawn.flatMap((entry, index) => marksOf(entry, index, full, document, step)),
    };
    const faults = [];
    const view = new vega.View(vega.parse(spec, null, { ast: true }), { renderer: 'none', logger: loggerInto(faults), expr: vega.expressionInterpreter });
    try {
      const svg = await view.toSVG();
      if (faults.length) throw new Error(faults.join('; '));
      return cleaned(svg);
    } finally {
      view.finalize();
    }
  }

  // Each series for itself, below each other, with one x axis.
  async function panels(drawn, document, full, top) {
    const { xs } = placesOf(drawn);
    let widest = 0;
    for (const entry of drawn) {
      const most = Math.max(...entry.points.map((point) => Math.abs(point.y ?? 0)));
      widest = Math.max(widest, figures.widthOf(Math.ceil(most * 1.2) + ',', full.font_size));
    }
    const foot = full.font_size * 2.8;
    const height = (full.height - top - foot) / drawn.length;
    let svg = '';
    let y = top;
    for (const [index, entry] of drawn.entries()) {
      const last = index + 1 === drawn.length;
      const own = await plot([entry], xs, document, full, height + (last ? foot : 0), { last, extent: widest });
      svg += `<g transform="translate(0,${figures.round(y)})">${own}</g>`;
      y += height;
    }
    return svg;
  }

  figures.kinds.chart = async function (document, style) {
    const full = figures.completed(style);
    const { all, left_out } = seriesOf(document, figures.filtered(document, style));
    const drawn = [];
    for (const entry of all) {
      // What is not known breaks a line and has no mark.
      const keeps = entry.mark === 'line' || entry.mark === 'steps' || entry.mark === 'area';
      let any = false;
      entry.points = entry.points.filter((point) => {
        const good = isDrawn(point.x, document.x) && isDrawn(point.y, document.y) &&
          (entry.mark !== 'range' || isDrawn(point.z, document.y)) &&
          (entry.mark !== 'bars' || document.x.scale === 'category' || isDrawn(point.u, document.x));
        any = any || good;
        if (!good && keeps) point.y = null;
        return good || (keeps && isDrawn(point.x, document.x));
      });
      if (any) drawn.push(entry);
    }
    const above = keptInside(drawn, document);
    if (!drawn.length) return figures.inWords(document, style, 'Nothing to show with this choice.');
    const more = left_out ? [`${left_out} more are not drawn: choose a person, a room or a connection.`] : [];
    const words = { ...document, notes: (document.notes || []).concat(above, more) };

    drawn.filter((entry) => entry.mark === 'range').forEach((entry, index) => {
      entry.shape = index ? shapes[(index + 1) % shapes.length] : null;
    });
    const head = figures.heading(words, full);
    if (document.panels) {
      full.height = Math.max(full.height, head.height + full.font_size * (3 + 5 * drawn.length));
      return figures.framed(words, full, head.svg + await panels(drawn, document, full, head.height));
    }
    const { xs, ys } = placesOf(drawn);
    const categories = document.y.scale === 'category' ? new Set(ys).size : 0;
    const key = legend(drawn, full, head.height);
    const top = head.height + key.height;
    // Each category has room for its name, whatever height was asked for.
    full.height = Math.max(full.height, top + full.font_size * 9, categories ? top + full.font_size * (4.5 + categories * 1.7) : 0);
    const svg = await plot(drawn, xs, document, full, full.height - top, null);
    return figures.framed(words, full, head.svg + key.svg + `<g transform="translate(0,${figures.round(top)})">${svg}</g>`);
  };
})();
