// Unfolds the rows that a link of the page leads to.
(() => {
  "use strict";
  const unfold = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement && !target.open) {
      target.open = true;
      target.scrollIntoView();
    }
  };
  unfold();
  window.addEventListener("hashchange", unfold);
})();
