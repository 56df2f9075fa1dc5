// Makes the box of every page quicker to use. Without it each of them works: a form, links, an address.

export const form = document.getElementById("search");
export const box = form.elements.q;
export const said = make("p", { className: "unseen", role: "status" });
document.body.append(said);

export function make(name, { role, ...properties }, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  if (role) element.setAttribute("role", role);
  element.append(...children);
  return element;
}

export const write = (number) => number.toLocaleString(document.documentElement.lang);

let taken = ""; // a label that was suggested: as a filter it is found whatever signs it has
form.addEventListener("formdata", ({ formData }) => {
  if (taken) formData.append("label", taken);
  for (const field of ["q", "from", "to"]) if (!formData.get(field)) formData.delete(field);
});
form.addEventListener("submit", close);
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  // a page that the browser has kept: what was typed or ticked and not sent is no part of its address
  close();
  form.reset();
});

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
    ...suggestions.map((suggestion, place) => {
      const { kind, text, count } = suggestion;
      const more = make("span", { className: "kind" }, `${box.dataset[kind] ?? ""} · ${write(count)}`);
      return make("li", { id: `suggestion-${place}`, role: "option", suggestion }, make("bdi", {}, text), more);
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

function take({ suggestion: { id, params } }) {
  const { q = "", label = "" } = Object.fromEntries(params);
  const asked = form.elements.ui ? `?ui=${form.elements.ui.value}` : "";
  close();
  if (id) return location.assign(`/post/${encodeURIComponent(id)}${asked}`);
  box.value = q;
  taken = label;
  form.requestSubmit();
  taken = "";
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
