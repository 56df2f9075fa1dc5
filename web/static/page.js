// Makes the pages of a search quicker to use. Without it every one of them works: a form, links, an address.

const form = document.getElementById("search");
const box = form.elements.q;
const said = make("p", { className: "unseen", role: "status" });
document.body.append(said);

function make(name, { role, ...properties }, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  if (role) element.setAttribute("role", role);
  element.append(...children);
  return element;
}

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const write = (number) => number.toLocaleString(document.documentElement.lang);

// A search applied without leaving its page

const page = () => location.pathname + location.search;
let shown = page();
let asking = new AbortController();

async function show(address, isNew) {
  asking.abort();
  asking = new AbortController();
  document.querySelector("main").ariaBusy = "true";
  try {
    const response = await fetch(address, { signal: asking.signal });
    const next = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!response.ok || !next.querySelector(".filters")) throw new Error(response.statusText);
    const typed = next.getElementById("q").value;
    if (isNew) history.pushState(null, "", address);
    else box.value = typed;
    box.defaultValue = typed;
    shown = page();
    swap(next);
  } catch (error) {
    // a later change has taken over, or a plain visit shows what there is: another kind of page, or what is wrong
    if (error.name !== "AbortError") isNew ? location.assign(address) : location.reload();
  }
}

function swap(next) {
  const focus = name(document.activeElement);
  const open = [...document.querySelectorAll("details[open]")].map((details) => details.parentElement.className);
  const lists = [...document.querySelectorAll(".facet")].map((facet) => [
    facet.id,
    facet.querySelector(".long")?.scrollTop ?? 0,
    facet.querySelector(".narrow input")?.value ?? "",
  ]);
  for (const part of [".columns", ".foot"]) document.querySelector(part).replaceWith(next.querySelector(part));
  for (const field of form.querySelectorAll("[type=hidden]")) field.remove();
  form.append(...next.querySelectorAll("#search [type=hidden]"));
  document.title = next.title;
  unfold();
  for (const details of document.querySelectorAll("details")) details.open = open.includes(details.parentElement.className);
  for (const [id, top, typed] of lists) {
    const facet = document.getElementById(id);
    const field = facet?.querySelector(".narrow input");
    if (field && typed) narrow(Object.assign(field, { value: typed }));
    facet?.querySelector(".long")?.scrollTo(0, top);
  }
  const control = focus && document.querySelector(focus);
  if (focus !== "#q") (control ?? document.querySelector("main")).focus({ preventScroll: true });
  said.textContent = document.querySelector("h1").textContent;
}

// A selector that finds the same control on the next page; of links, those that are there again
function name(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.name) return `[name="${CSS.escape(element.name)}"][value="${CSS.escape(element.value)}"]`;
  const place = ["orders", "picture"].find((each) => element.closest(`.${each}`));
  return place ? `.${place} [href="${CSS.escape(element.getAttribute("href") ?? "")}"]` : null;
}

form.addEventListener("formdata", ({ formData }) => {
  for (const field of ["q", "from", "to"]) if (!formData.get(field)) formData.delete(field);
});
function apply() {
  const query = String(new URLSearchParams(new FormData(form)));
  const address = query ? `/?${query}` : "/";
  asking.abort(); // what was asked for before is not wanted any more, even if this is what stands here
  if (address !== page()) show(address, true);
  else document.querySelector("main").ariaBusy = "false";
}

document.addEventListener("change", ({ target }) => {
  if (target.form === form && target.closest(".filters")) apply();
});
form.addEventListener("submit", (event) => {
  close();
  const panel = document.querySelector(".filters details");
  if (!panel) return;
  event.preventDefault();
  // as after a plain visit: the panel is closed, and what was found is there to be seen and read
  panel.open = false;
  const main = document.querySelector("main");
  main.focus({ preventScroll: true });
  main.firstElementChild.scrollIntoView({ block: "nearest" });
  apply();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest(".orders a, .whole a, .chips a, .picture a:not(.skip)");
  const plain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!link || !plain || !document.querySelector(".filters")) return;
  event.preventDefault();
  show(link.getAttribute("href").split("#")[0], true);
});
function follow() {
  if (page() !== shown) show(page(), false); // else it is another place of the same page
}
addEventListener("popstate", follow);
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  // a page that the browser has kept: what was typed, ticked or asked for and not shown is no part of its address
  asking.abort();
  close();
  form.reset();
  document.querySelector("main").ariaBusy = "false";
  follow();
});

// Lists of values that can be narrowed down

function unfold() {
  for (const field of document.querySelectorAll(".narrow")) field.hidden = false;
}

function narrow(field) {
  const values = [...field.closest(".facet").querySelectorAll(".values .value")];
  const wanted = fold(field.value.trim());
  for (const value of values) value.hidden = !fold(value.querySelector(".text").textContent).includes(wanted);
  const left = values.filter((value) => !value.hidden).length;
  const status = field.dataset.said.replace("{shown}", write(left)).replace("{all}", write(values.length));
  field.parentElement.querySelector("[role=status]").textContent = wanted ? status : "";
}

document.addEventListener("input", ({ target }) => {
  if (target.closest(".narrow")) narrow(target);
});
unfold();

// Suggestions below the box: what is typed stays until one of them is taken

const list = make("ul", { id: "suggestions", className: "suggestions", role: "listbox", hidden: true });
list.setAttribute("aria-label", box.dataset.list);
box.type = "text"; // a search field may not be a combobox
box.parentElement.append(list);
for (const [key, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id })) {
  box.setAttribute(key, value);
}
let active = -1;
let waiting = 0;
let suggesting = new AbortController();

function offer(suggestions) {
  list.replaceChildren(
    ...suggestions.map(({ kind, text, count }, place) => {
      const more = make("span", { className: "kind" }, `${box.dataset[kind] ?? ""} · ${write(count)}`);
      const option = make("li", { id: `suggestion-${place}`, role: "option" }, make("bdi", {}, text), more);
      option.dataset.typed = kind === "label" ? `label:"${text.replaceAll('"', " ")}"` : text;
      return option;
    }),
  );
  list.hidden = !suggestions.length;
  box.ariaExpanded = String(!list.hidden);
  mark(-1);
  if (!list.hidden) said.textContent = box.dataset.said.replace("{n}", write(suggestions.length));
}

function mark(place) {
  active = place;
  [...list.children].forEach((option, each) => (option.ariaSelected = String(each === place)));
  if (place < 0) box.removeAttribute("aria-activedescendant");
  else box.setAttribute("aria-activedescendant", list.children[place].id);
}

function close() {
  clearTimeout(waiting);
  suggesting.abort();
  offer([]);
}

function take(option) {
  box.value = option.dataset.typed;
  close();
  form.requestSubmit();
}

async function suggest() {
  suggesting.abort();
  suggesting = new AbortController();
  try {
    const response = await fetch(`/api/suggest?q=${encodeURIComponent(box.value)}`, { signal: suggesting.signal });
    if (response.ok) offer((await response.json()).suggestions);
  } catch (error) {
    if (error.name !== "AbortError") close(); // the box works without them
  }
}

box.addEventListener("input", () => {
  clearTimeout(waiting);
  if (box.value.trim().length < 2) close();
  else waiting = setTimeout(suggest, 150);
});
box.addEventListener("keydown", (event) => {
  if (list.hidden || event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const places = list.children.length + 1; // one of them is the box itself
  if (step) mark(((active + 1 + step + places) % places) - 1);
  else if (event.key === "Enter" && active >= 0) take(list.children[active]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
});
box.addEventListener("blur", close);
list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
list.addEventListener("click", ({ target }) => take(target.closest("li")));
close();
