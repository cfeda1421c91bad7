// One key each, where the reader wants them: never while typing, never with a modifier, and they can be switched off.
const STORED = "swingdesk-keys";

export function listenForKeys(work) {
  const isOn = () => work.dataset.keys === "on";
  const set = (on) => {
    work.dataset.keys = on ? "on" : "off";
    for (const button of work.querySelectorAll("[data-key]")) mark(button, on);
    for (const box of work.querySelectorAll("[data-keys-switch]")) box.checked = on;
    for (const button of work.querySelectorAll(".keys-button")) button.hidden = false;
  };
  new MutationObserver(() => set(isOn())).observe(work, { childList: true });
  set(recall());
  work.addEventListener("change", (event) => {
    if (!event.target.matches("[data-keys-switch]")) return;
    remember(event.target.checked);
    set(event.target.checked);
  });
  document.addEventListener("keydown", (event) => {
    if (!isOn() || event.repeat || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    const sheet = document.querySelector("[popover]:popover-open");
    const found = sheet ? choiceOf(sheet, event.key) : buttonOf(work, event.key);
    if (!found) return;
    event.preventDefault();
    found.click();
  });
}

function mark(button, on) {
  if (on) button.setAttribute("aria-keyshortcuts", button.dataset.key === "?" ? "Shift+?" : button.dataset.key.toUpperCase());
  else button.removeAttribute("aria-keyshortcuts");
}

function buttonOf(work, key) {
  return [...work.querySelectorAll(`[data-key="${CSS.escape(key.toLowerCase())}"]`)].find((one) => one.checkVisibility() && !one.disabled);
}

function choiceOf(sheet, key) {
  return /^[1-9]$/.test(key) ? sheet.querySelectorAll("[data-choice]")[Number(key) - 1] : undefined;
}

const isTyping = (target) => target.matches?.("select, textarea, [contenteditable], input:not([type=radio], [type=checkbox], [type=button])");

function recall() {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true; // storage is shut: the choice lasts as long as the page
  }
}

function remember(on) {
  try {
    localStorage.setItem(STORED, on ? "on" : "off");
  } catch {
    // As above.
  }
}
