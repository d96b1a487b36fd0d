// Makes elements. Text becomes text and nothing else: whatever the packets say, it never becomes markup.
const kSvg = "http://www.w3.org/2000/svg";

export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function makeSvg(tag, attributes, ...children) {
  const element = document.createElementNS(kSvg, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

// Text of strangers stands by itself, so that it cannot turn round what is beside it.
export function strange(text, className) {
  return make("bdi", className, text);
}

export function button(text, className, action) {
  const element = make("button", className, text);
  element.type = "button";
  element.addEventListener("click", action);
  return element;
}

export const byId = (id) => document.getElementById(id);

const two = (number) => String(number).padStart(2, "0");

// UTC, as in every table.
export function clock(milliseconds) {
  const time = new Date(milliseconds);
  return `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}.` +
    String(time.getUTCMilliseconds()).padStart(3, "0");
}

export function span(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return "";
  if (Math.abs(milliseconds) >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  return `${milliseconds.toFixed(Math.abs(milliseconds) < 10 ? 2 : 0)} ms`;
}

export function size(bytes) {
  if (bytes < 10_000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let unit = -1;
  do bytes /= 1000; while (++unit < units.length - 1 && bytes >= 1000);
  return `${bytes.toFixed(bytes < 10 ? 1 : 0)} ${units[unit]}`;
}

export const count = (number) => number.toLocaleString("en");
export const plural = (number, thing, things = `${thing}s`) => `${count(number)} ${number === 1 ? thing : things}`;
