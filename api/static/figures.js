// Draws the figures of a page from the JSON beside them; colours follow the reader's system, light or dark.
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

  const dress = (layout) => {
    const { ink, surface, axis } = look();
    const axes = {};
    for (const name of Object.keys(layout)) {
      if (/^xaxis\d*$/.test(name)) axes[name] = { ...layout[name], ...axis, ...(narrow.matches ? { nticks: 5 } : {}) };
      if (/^yaxis\d*$/.test(name)) axes[name] = { ...layout[name], ...axis };
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
    for (const name of ["error_x", "error_y"]) {
      if (trace[name]) marked[name] = { ...trace[name], color: look().ink };
    }
    return marked;
  };

  const draw = () => {
    for (const place of document.querySelectorAll("[data-figure]")) {
      const figure = figures[place.dataset.figure];
      place.style.height = `${figure.layout.height}px`; // Plotly forgets its own height when the window changes
      window.Plotly.react(place, figure.data.map(mark), dress(figure.layout), { responsive: true, displayModeBar: false });
    }
  };

  draw();
  dark.addEventListener("change", draw);
  narrow.addEventListener("change", draw);
})();
