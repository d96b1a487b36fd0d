// Figures as SVG text: no DOM, no files, no requests, nothing evaluated, so that plaintalk-draw and the page
// draw the same picture. A kind of figure puts a function into plaintalkFigures.kinds:
//
//   kinds[kind] = (document, style) => text of an SVG, or a promise of it
//
// document  what analyzer/figures/figure.hpp made: {kind, name, title, sentence, notes, empty, columns, rows, ...}
// style     {width, height, font, font_size (px), scheme: 'light' | 'dark',
//            filter: {person, room, connection, from, to}}, each of which may be left out
'use strict';
globalThis.plaintalkFigures = (function () {
  const kinds = {};

  const schemes = {
    light: {
      background: '#ffffff', text: '#1a1d21', quiet: '#565d66', grid: '#e3e6ea', axis: '#8a929c',
      series: ['#0b62a4', '#c44e00', '#00795a', '#9b3d86', '#735f00', '#8a1c3b', '#1a7687', '#5b5b5b'],
    },
    dark: {
      background: '#15181c', text: '#eceff3', quiet: '#aab2bc', grid: '#2b3138', axis: '#7c8590',
      series: ['#6cb4ee', '#ff9b5e', '#4fd1a5', '#e59bd3', '#e0c24f', '#ff8fa3', '#62d5e4', '#bdbdbd'],
    },
  };

  function completed(style) {
    const given = style || {};
    const number = (value, otherwise, least, most) =>
      Number.isFinite(value) ? Math.min(Math.max(value, least), most) : otherwise;
    return {
      width: number(given.width, 605, 200, 10000),
      height: number(given.height, 360, 120, 10000),
      font: given.font || 'DejaVu Sans, Verdana, sans-serif',
      font_size: number(given.font_size, 11, 4, 100),
      colors: schemes[given.scheme === 'dark' ? 'dark' : 'light'],
      filter: given.filter || {},
    };
  }

  // XML 1.0, section 2.4; what XML has no place for becomes the replacement character.
  function printable(text) {
    return String(text).replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
  }
  function escaped(text) {
    return printable(text).replace(/[&<>"']/g, (c) => '&#' + c.charCodeAt(0) + ';');
  }

  // Widths are estimated from the proportions of DejaVu Sans, which is among the wide ones: the same in a browser,
  // without one, and with a font that is not there.
  function widthOf(text, size) {
    let width = 0;
    for (const c of String(text)) {
      const code = c.codePointAt(0);
      if (code >= 0x1100) width += 1.05;
      else if ("iljI.,:;'|!".includes(c)) width += 0.34;
      else if ('ft()[]/- r"'.includes(c)) width += 0.4;
      else if ('mwMW@%'.includes(c)) width += 0.95;
      else if (c >= 'A' && c <= 'Z') width += 0.72;
      else width += 0.625;
    }
    return width * size;
  }

  const textMax = 2000;  // letters of a text that are looked at: nobody reads more in a picture

  // Lines of at most `room` pixels, broken at blanks where there are any; what is too long even so ends in an ellipsis.
  function wrapped(text, size, room, most) {
    const lines = [];
    let line = '';
    for (let word of String(text).slice(0, textMax).split(/\s+/).filter((part) => part)) {
      if (line && widthOf(line + ' ' + word, size) > room) {
        lines.push(line);
        line = '';
      }
      while (!line && widthOf(word, size) > room) {
        let end = 1;
        while (end < word.length && widthOf(word.slice(0, end + 1), size) <= room) ++end;
        lines.push(word.slice(0, end));
        word = word.slice(end);
        if (!word) break;
      }
      if (word) line += (line ? ' ' : '') + word;
    }
    if (line) lines.push(line);
    if (most && lines.length > most) {
      lines.length = most;
      lines[most - 1] = shortened(lines[most - 1] + ' \u2026\u2026', size, room);
    }
    return lines;
  }

  function shortened(text, size, room) {
    const characters = Array.from(String(text).slice(0, textMax));
    if (characters.length === text.length && widthOf(text, size) <= room) return text;
    while (characters.length && widthOf(characters.join('') + '\u2026', size) > room) characters.pop();
    return characters.join('') + '\u2026';
  }

  function textElement(x, y, text, attributes) {
    let words = '';
    for (const name in attributes) words += ` ${name}="${escaped(attributes[name])}"`;
    return `<text x="${round(x)}" y="${round(y)}"${words}>${escaped(text)}</text>`;
  }

  function round(number) {
    return Math.round(number * 100) / 100;
  }

  // The whole file: what a reader of screens says, the ground, and the marks, which are hidden from it.
  function framed(document, full, inside) {
    return `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${round(full.width)}" height="${round(full.height)}" ` +
      `viewBox="0 0 ${round(full.width)} ${round(full.height)}" font-family="${escaped(full.font)}" ` +
      `font-size="${round(full.font_size)}"><title>${escaped(document.title)}</title>` +
      `<desc>${escaped([document.sentence].concat(document.notes || []).filter((part) => part).join(' '))}</desc>` +
      `<rect width="100%" height="100%" fill="${full.colors.background}"/><g aria-hidden="true">${printable(inside)}</g></svg>`;
  }

  // Title and notes at the top: {svg, height} with the height that they take.
  function heading(document, full) {
    const margin = full.font_size;
    const room = full.width - 2 * margin;
    const size = full.font_size * 1.2;
    let y = margin * 0.5;
    let svg = '';
    for (const line of wrapped(document.title, size * 1.06, room, 3)) {
      y += size * 1.25;
      svg += textElement(margin, y, line, { 'font-size': round(size), 'font-weight': 'bold', fill: full.colors.text });
    }
    for (const note of document.notes || []) {
      for (const line of wrapped(note, full.font_size * 0.9, room, 3)) {
        y += full.font_size * 1.25;
        svg += textElement(margin, y, line, { 'font-size': round(full.font_size * 0.9), fill: full.colors.quiet });
      }
    }
    return { svg, height: y + full.font_size * 0.6 };
  }

  // A figure that has nothing to draw says why.
  function inWords(document, style, words) {
    const full = completed(style);
    const top = heading(document, full);
    let svg = top.svg;
    let y = top.height + full.font_size;
    for (const line of wrapped(words, full.font_size, full.width - 4 * full.font_size, 14)) {
      y += full.font_size * 1.45;
      svg += textElement(2 * full.font_size, y, line, { fill: full.colors.text });
    }
    return framed(document, full, svg);
  }

  // Rows that the filter of the style leaves: by person, room, connection and time, as far as the figure has them.
  function filtered(document, style) {
    const wanted = (style && style.filter) || {};
    const columns = document.filter || {};
    const places = (names) => [].concat(names || []).map((name) => document.columns.indexOf(name)).filter((at) => at >= 0);
    let rows = document.rows;
    for (const what of ['person', 'room', 'connection']) {
      const at = places(columns[what]);
      if (wanted[what] === undefined || wanted[what] === null || wanted[what] === '' || !at.length) continue;
      rows = rows.filter((row) => at.some((place) => String(row[place]) === String(wanted[what])));
    }
    const time = places(columns.time)[0];
    if (time !== undefined) {
      const from = wanted.from === '' ? NaN : Number(wanted.from ?? NaN);
      const to = wanted.to === '' ? NaN : Number(wanted.to ?? NaN);
      if (Number.isFinite(from)) rows = rows.filter((row) => row[time] !== null && row[time] >= from);
      if (Number.isFinite(to)) rows = rows.filter((row) => row[time] !== null && row[time] <= to);
    }
    return rows;
  }

  async function svg(document, style) {
    if (document.empty) return inWords(document, style, document.empty);
    if (!Object.hasOwn(kinds, document.kind)) throw new Error(`there is no figure of the kind '${document.kind}'`);
    return kinds[document.kind](document, style);
  }

  return { kinds, svg, completed, escaped, widthOf, wrapped, shortened, textElement, round, framed, heading, inWords, filtered };
})();
