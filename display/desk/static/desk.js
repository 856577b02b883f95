// The desk's one script: it keeps marked parts of a page current, lets clocks run, hears the keys of commands, and opens
// the menu of a telephone.
"use strict";

const body = document.body;

// ---------------------------------------------------------------- parts marked data-live follow the server's stream
const shown = new Map();  // id of a part → its HTML as the server last sent it
for (const part of document.querySelectorAll("[data-live]")) shown.set(part.id, part.innerHTML);
const BUSY = ":is(input, textarea, select):focus, details[open], .wrong";  // somebody fills this part in: it waits
const busy = (part) => part.matches(BUSY) || part.querySelector(BUSY);
let revision = body.dataset.revision, stream = null, asked = false, again = false, behind = false;
let ahead = 0;  // milliseconds by which the server's clock is ahead of ours

async function refresh() {
  if (asked) { again = true; return; }
  asked = true;
  try {
    const answer = await fetch(location.href, { headers: { "X-Live": "1" }, cache: "no-store" });
    if (answer.status === 401) { location.reload(); return; }
    if (answer.ok) swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch { /* the stream notices that the server is away, and asks again when it is back */ }
  asked = false;
  if (again) { again = false; refresh(); }
}

function swap(page) {
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh) { location.replace(location.href); return; }  // the page has another shape now
    if (busy(part)) { behind = true; continue; }
    if (fresh.dataset.now) part.dataset.now = fresh.dataset.now;
    if (shown.get(part.id) === fresh.innerHTML) continue;
    const held = part.contains(document.activeElement) ? document.activeElement.id : "";
    shown.set(part.id, fresh.innerHTML);
    part.replaceChildren(...fresh.childNodes);
    if (held) document.getElementById(held)?.focus();
  }
  measure();
  run();
}

function left(event) {  // what waited while somebody filled it in is shown; not between a press and its release
  const part = event.target.closest?.("[data-live]");
  if (behind && part && !part.contains(event.relatedTarget) && !busy(part)) { behind = false; refresh(); }
}
document.addEventListener("focusout", (event) => setTimeout(left, 0, event));
document.addEventListener("toggle", left, true);

function listen() {
  if (!body.dataset.stream || stream) return;
  stream = new EventSource(body.dataset.stream);
  stream.onmessage = (event) => {
    document.getElementById("unreachable").hidden = true;
    if (event.data !== revision) { revision = event.data; refresh(); }
  };
  stream.onerror = () => {
    document.getElementById("unreachable").hidden = false;
    if (stream.readyState === EventSource.CLOSED) { stream = null; setTimeout(wake, 3000); }
  };
}

function wake() {  // a page that nobody sees keeps no connection; one that is seen again catches up
  if (document.hidden) { stream?.close(); stream = null; } else if (!stream) { listen(); refresh(); }
}
document.addEventListener("visibilitychange", wake);
listen();

// ---------------------------------------------------------------- clocks
function measure() {
  const now = document.querySelector("[data-now]")?.dataset.now;
  if (now) ahead = Number(now) - Date.now();
}

function run() {
  for (const clock of document.querySelectorAll(".clock")) {
    const past = Math.max(0, Math.floor((Date.now() + ahead - clock.dataset.since) / 1000));
    const hours = Math.floor(past / 3600), two = (n) => String(n).padStart(2, "0");
    clock.querySelector(".run").textContent = (hours ? hours + ":" : "") + two(Math.floor(past / 60) % 60) + ":" + two(past % 60);
    const { amber, red } = clock.dataset;
    clock.dataset.level = red && past >= red ? "red" : amber && past >= amber ? "amber" : "calm";
  }
}
measure();
setInterval(() => { if (!document.hidden) run(); }, 1000);

// ---------------------------------------------------------------- tables
function widths() {  // above a table that is wider than the screen stands that it can be moved
  for (const table of document.querySelectorAll(".table")) {
    const wide = table.scrollWidth > table.clientWidth + 1, told = table.previousElementSibling;
    table.classList.toggle("wide", wide);
    if (told?.matches(".swipe")) told.hidden = !wide;
    else if (wide) table.before(Object.assign(document.createElement("p"), { className: "swipe", textContent: body.dataset.wide }));
  }
}
widths();
window.addEventListener("resize", widths);
document.addEventListener("toggle", widths, true);

// ---------------------------------------------------------------- forms and menu
document.addEventListener("submit", (event) => {  // a double click sends once
  const button = event.submitter;
  if (!button) return;
  if (button.ariaBusy === "true") event.preventDefault();
  button.ariaBusy = "true";
  const slow = event.target.dataset.slow;
  if (slow && !event.target.querySelector(".loading")) {
    const told = document.createElement("p");
    Object.assign(told, { className: "loading", role: "status", textContent: slow });
    event.target.append(told);
  }
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted && shortcuts) location.replace(location.href);  // the point has moved on since
  for (const button of document.querySelectorAll("[aria-busy]")) button.ariaBusy = null;
  for (const told of document.querySelectorAll("form .loading")) told.remove();
});
document.addEventListener("keydown", (event) => {  // a sentence is one line, however it is shown: Enter sends it
  if (event.key !== "Enter" || event.isComposing || !event.target.matches(".sentence")) return;
  event.preventDefault();
  event.target.form.requestSubmit(event.target.form.querySelector("button:not(:disabled)"));
});
document.querySelector("[data-focus]")?.focus();
for (const near of document.querySelectorAll("[data-day]")) {  // today, tomorrow: one press fills in day, month and year
  near.hidden = false;
  near.addEventListener("click", () => {
    const controls = near.closest("fieldset").querySelectorAll("input, select");
    near.dataset.day.split(" ").forEach((text, n) => { controls[n].value = text; });
    controls[3]?.focus();  // the time is still to be given
  });
}

// ---------------------------------------------------------------- one key a command (WCAG 2.2, 2.1.4: can be switched off)
const OFF = "khiu-keys-off", shortcuts = document.getElementById("shortcuts");
if (shortcuts) {
  const on = document.getElementById("shortcuts-on");
  const say = () => body.classList.toggle("no-keys", !on.checked);
  on.checked = localStorage.getItem(OFF) === null;
  on.addEventListener("change", () => { on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"); say(); });
  say();
  shortcuts.hidden = false;
}
document.addEventListener("keydown", (event) => {
  if (!shortcuts || body.classList.contains("no-keys") || event.repeat) return;
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select")) return;
  const letter = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code)?.[1];  // the place of the key: a Thai layout has it too
  const target = letter && document.querySelector(`[data-key="${letter}"]:not(:disabled)`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input:not([type=radio])")) target.select();
  else target.click();
  if (target.matches("summary")) target.parentElement.querySelector("input:not([type=hidden])")?.focus();
});

const menu = document.querySelector(".menu-button");
if (menu) {
  menu.hidden = false;
  menu.addEventListener("click", () => { menu.ariaExpanded = String(menu.ariaExpanded !== "true"); });
}
