// Small pieces that the others are made of: elements, pictures, the marks of tasks, and texts.

export const LATE = 1, RISK = 2, PINNED = 4, OPEN = 8, LENT = 16, OVERDUE = 32;

/** Bit and name of each mark, in the order in which they stand on a bar. Their words are those of the page. */
export const MARKS = [
  [LATE, "late"],
  [RISK, "risk"],
  [OVERDUE, "overdue"],
  [LENT, "lent"],
  [PINNED, "pinned"],
  [OPEN, "open"],
];

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  late: "M6 0 12 11H0Z M5.2 4v3.4h1.6V4Z M5.2 8.4v1.4h1.6V8.4Z",
  risk: "M6 0a6 6 0 1 1 0 12A6 6 0 0 1 6 0Z M5.1 2.4v4.2l3 1.9.8-1.3-2.1-1.4V2.4Z",
  overdue: "M0 0h12v12H0Z M2 3v6l4-3Z M6.4 3v6l4-3Z",
  lent: "M0 3.5 3.5 0v2.4H12v2.2H3.5V7Z M12 8.5 8.5 5v2.4H0v2.2h8.5V12Z",
  pinned: "M6 0a4 4 0 0 1 1 7.9L6 12 5 7.9A4 4 0 0 1 6 0Z",
  open: "M1 0v12L11.5 6Z",
};
const drawnIcons = new Map();

export function el(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Return a picture of a mark; copied from the first of its kind, since a screen shows hundreds. */
export function icon(name) {
  if (!drawnIcons.has(name)) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 12 12");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("class", `dc-icon dc-icon-${name}`);
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", PATHS[name]);
    path.setAttribute("fill-rule", "evenodd");
    svg.append(path);
    drawnIcons.set(name, svg);
  }
  return drawnIcons.get(name).cloneNode(true);
}

export function makeButton(text, label, action) {
  const button = el("button", "dc-button", text);
  button.type = "button";
  button.title = label;
  if (text !== label) button.setAttribute("aria-label", label);
  button.addEventListener("click", action);
  return button;
}

/** Return a text without accents and capitals, as people type what they look for. */
export const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** The words of the page, in its language; `{name}` in a text stands for a value. */
export class Words {
  constructor(texts) {
    this.texts = texts;
    this.numbers = new Intl.NumberFormat(texts.language);
    this.tenths = new Intl.NumberFormat(texts.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  }

  say(key, values = {}) {
    const text = this.texts[key];
    if (text === undefined) throw new Error(`no words for ${key}`);
    return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  }

  /** Return a count with its noun, such as `1 task` or `1,200 tasks`. */
  count(key, number) {
    return this.say(`${key}.${number === 1 ? "one" : "many"}`, { count: this.numbers.format(number) });
  }

  number(value) {
    return this.numbers.format(value);
  }

  /** Return a share of 1 in percent, written as on every page: figure, no-break space, sign. */
  share(value) {
    return `${this.numbers.format(Math.round(100 * value))}\u00a0%`;
  }

  span(minutes) {
    if (minutes < 90) return this.say("minutes", { count: this.number(minutes) });
    if (minutes < 2880) return this.say("hours", { count: this.tenths.format(minutes / 60) });
    return this.say("days", { count: this.number(Math.round(minutes / 1440)) });
  }
}
