// Makes the pages of results quicker to use. Without it every one of them works: a form, links, an address.

import { box, form, make, said, write } from "./page.js";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// A search applied without leaving its page

const page = () => location.pathname + location.search;
let shown = page();
let asking = new AbortController();

async function read(address, signal) {
  const response = await fetch(address, { signal });
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!response.ok || !next.querySelector(".filters")) throw new Error(response.statusText);
  return next;
}

async function show(address, isNew) {
  asking.abort();
  asking = new AbortController();
  document.querySelector("main").ariaBusy = "true";
  try {
    const next = await read(address, asking.signal);
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
  const active = document.activeElement;
  const focus = name(active);
  const open = [...document.querySelectorAll("details[open]")].map((details) => details.parentElement.className);
  const lists = [...document.querySelectorAll(".facet")].map((facet) => [
    facet.id,
    facet.querySelector(".long")?.scrollTop ?? 0,
    facet.querySelector(".narrow input")?.value ?? "",
  ]);
  // who ticks values deep in a long list goes on from there: they keep their places until another page lists them
  const ticked = [...(active.closest(".long")?.querySelectorAll(":checked") ?? [])];
  const places = ticked.map((control) => [name(control), [...active.closest(".long").children].indexOf(control.parentElement)]);
  for (const part of [".columns", ".foot"]) document.querySelector(part).replaceWith(next.querySelector(part));
  for (const field of form.querySelectorAll("[type=hidden]")) field.remove();
  form.append(...next.querySelectorAll("#search [type=hidden]"));
  document.title = next.title;
  unfold();
  for (const details of document.querySelectorAll("details")) details.open = open.includes(details.parentElement.className);
  for (const [control, place] of places) {
    const value = document.querySelector(control)?.parentElement;
    const list = value?.closest(".facet").querySelector(".long");
    list?.insertBefore(value, list.children[place]);
  }
  for (const [id, top, typed] of lists) {
    const facet = document.getElementById(id);
    const field = facet?.querySelector(".narrow input");
    if (field && typed) narrow(Object.assign(field, { value: typed }));
    facet?.querySelector(".long")?.scrollTo(0, top);
  }
  said.textContent = document.querySelector("h1").textContent;
  if (document.activeElement !== document.body) return; // what has the focus is still there
  const main = document.querySelector("main");
  const control = [...document.querySelectorAll(focus), main].find((each) => {
    each.focus({ preventScroll: true });
    return each === document.activeElement; // what is folded up takes no focus
  });
  if (control !== main) control.scrollIntoView({ block: "nearest" });
}

// A selector that finds on the next page the same control, or where it leads to; of links, those that are there again
function name(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.name) return `[name="${CSS.escape(element.name)}"][value="${CSS.escape(element.value)}"]`;
  if (element.closest(".whole")) return `${element.hash} .long`;
  const place = [".orders", ".picture"].find((each) => element.closest(each));
  return place ? `${place} [href="${CSS.escape(element.getAttribute("href") ?? "")}"]` : "main";
}

function apply() {
  const query = new URLSearchParams(new FormData(form));
  if ([...query.keys()].every((name) => /^(ui|facet-)/.test(name))) query.set("sort", "relevance"); // not the start page
  const address = `/?${query}`;
  asking.abort(); // what was asked for before is not wanted any more, even if this is what stands here
  if (address !== page()) show(address, true);
  else document.querySelector("main").ariaBusy = "false";
}

document.addEventListener("change", ({ target }) => {
  if (target.form === form && target.closest(".filters")) apply();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  // as after a plain visit: the panel is closed, and what was found is there to be seen and read
  document.querySelector(".filters details").open = false;
  const main = document.querySelector("main");
  main.focus({ preventScroll: true });
  main.firstElementChild.scrollIntoView({ block: "nearest" });
  apply();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest(".orders a, .whole a, .chips a, .picture a:not(.skip)");
  const plain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!link || !plain) return;
  event.preventDefault();
  show(link.getAttribute("href").split("#")[0], true);
});
function follow() {
  if (page() !== shown) show(page(), false); // else it is another place of the same page
}
addEventListener("popstate", follow);
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  asking.abort(); // what was asked for and not shown is no part of the address, either
  document.querySelector("main").ariaBusy = "false";
  follow();
});

// What a new page needs: fields that only a script can work, and the end of the picked time in view

function unfold() {
  for (const field of document.querySelectorAll(".narrow")) field.hidden = false;
  const picked = [...document.querySelectorAll(".bars [aria-current]")].pop();
  const picture = picked?.closest(".sideways");
  if (picture) picture.scrollLeft += picked.getBoundingClientRect().right - picture.getBoundingClientRect().right;
}

// Lists of values that can be narrowed down

function narrow(field) {
  const facet = field.closest(".facet");
  const values = [...facet.querySelectorAll(".values .value")];
  const wanted = fold(field.value.trim());
  for (const value of values) value.hidden = !fold(value.querySelector(".text").textContent).includes(wanted);
  const left = values.filter((value) => !value.hidden).length;
  const status = field.dataset.said.replace("{shown}", write(left)).replace("{all}", write(values.length));
  const more = facet.querySelector(".whole a");
  field.parentElement.querySelector("[role=status]").textContent = wanted && !more ? status : "";
  if (wanted && more && facet.ariaBusy !== "true") fill(facet, field, more.href);
}

// Puts behind a list that was cut what it lacks: somebody looks for a value
async function fill(facet, field, address) {
  facet.ariaBusy = "true";
  const next = await read(address).catch(() => null); // the next letter, or the link, asks for it again
  facet.ariaBusy = "false";
  if (!next || !facet.isConnected) return;
  const here = new Set([...facet.querySelectorAll(".value input")].map((control) => control.value));
  const values = [...next.querySelectorAll(`#${facet.id} .long .value`)];
  facet.querySelector(".long").append(...values.filter((value) => !here.has(value.querySelector("input").value)));
  facet.querySelector(".whole").remove();
  form.append(make("input", { type: "hidden", name: "facet-all", value: facet.id.replace("facet-", "") }));
  narrow(field);
}

document.addEventListener("input", ({ target }) => {
  if (target.closest(".narrow")) narrow(target);
});
unfold();
