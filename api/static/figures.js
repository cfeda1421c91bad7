// Draws the figures of a page from the JSON beside them; colours follow the reader's system, light or dark, and figures,
// days and shares are written as in the page's words.
(() => {
  "use strict";
  const source = document.getElementById("figures-data");
  if (!source || !window.Plotly) return;
  const figures = JSON.parse(source.textContent);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const narrow = window.matchMedia("(max-width: 640px)");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  const look = () => {
    // A value may be light-dark(...): only a property that takes a colour says which of the two it is.
    const probe = document.body.appendChild(document.createElement("span"));
    const read = (name) => {
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color;
    };
    const axis = { gridcolor: read("--rule"), zerolinecolor: read("--rule"), linecolor: read("--rule"), fixedrange: narrow.matches };
    const colours = { ink: read("--ink"), surface: read("--surface"), axis };
    probe.remove();
    return colours;
  };

  const { lang } = document.documentElement;
  const digits = new Intl.NumberFormat(lang).formatToParts(1234567.8);
  const sign = (type) => digits.find((part) => part.type === type).value;
  const days = (weekday) => {
    const format = new Intl.DateTimeFormat(lang, { weekday, timeZone: "UTC" });
    return Array.from({ length: 7 }, (_, day) => format.format(Date.UTC(2026, 1, 1 + day))); // it was a Sunday
  };
  const months = (month) => {
    const format = new Intl.DateTimeFormat(lang, { month, timeZone: "UTC" });
    return Array.from({ length: 12 }, (_, number) => format.format(Date.UTC(2026, number, 1)));
  };
  // Shares have a space before their sign, as everywhere. Plotly lets no locale say so; but of a currency it takes the
  // suffix, and of a format with both that stands in place of the bare sign.
  const format = {
    decimal: sign("decimal"),
    thousands: sign("group"),
    grouping: [3],
    currency: ["", "\u00a0%"],
    days: days("long"),
    shortDays: days("short"),
    months: months("long"),
    shortMonths: months("short"),
  };
  const spaced = (text) => text?.replace(/^(\+?)(\.\d%)$/, "$1$$$2");
  const spacedWithin = (text) => text.replace(/(%\{[^{}]*:\+?)(\.\d%\})/g, "$1$$$2");
  const written = (axis) => (axis.tickformat ? { ...axis, tickformat: spaced(axis.tickformat) } : axis);

  const dress = (layout) => {
    const { ink, surface, axis } = look();
    const axes = {};
    for (const name of Object.keys(layout)) {
      if (/^xaxis\d*$/.test(name)) axes[name] = { ...written(layout[name]), ...axis, ...(narrow.matches ? { nticks: 5 } : {}) };
      if (/^yaxis\d*$/.test(name)) axes[name] = { ...written(layout[name]), ...axis };
    }
    return {
      ...layout,
      ...axes,
      font: { ...layout.font, color: ink, size: narrow.matches ? 11 : 13 },
      hoverlabel: { bgcolor: surface, bordercolor: ink, font: { color: ink } },
      transition: { duration: still.matches ? 0 : undefined },
    };
  };

  const mark = (trace) => {
    const marked = { ...trace };
    for (const name of ["hovertemplate", "texttemplate"]) {
      if (typeof trace[name] === "string") marked[name] = spacedWithin(trace[name]);
    }
    for (const name of ["error_x", "error_y"]) {
      if (trace[name]) marked[name] = { ...trace[name], color: look().ink };
    }
    return marked;
  };

  const draw = () => {
    for (const place of document.querySelectorAll("[data-figure]")) {
      const figure = figures[place.dataset.figure];
      place.style.height = `${figure.layout.height}px`; // Plotly forgets its own height when the window changes
      window.Plotly.react(place, figure.data.map(mark), dress(figure.layout), {
        responsive: true,
        displayModeBar: false,
        locale: "page",
        locales: { page: { dictionary: {}, format } },
      });
    }
  };

  draw();
  dark.addEventListener("change", draw);
  narrow.addEventListener("change", draw);
})();
