// Building the page. Words only ever go in as text: nothing here, or anywhere else, makes markup of a string.

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  eye: ["M2 12s3.600-6.500 10-6.500S22 12 22 12s-3.600 6.500-10 6.500S2 12 2 12z", "M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6z"],
  shut: ["M3 3l18 18", "M10.600 5.600A10 10 0 0 1 12 5.500c6.400 0 10 6.500 10 6.500a17 17 0 0 1-3 3.700M6.600 7.300A16.500 16.500 0 0 0 2 12s3.600 6.500 10 6.500a9.500 9.500 0 0 0 4.300-1"],
  theme: ["M20 14.500A8.500 8.500 0 1 1 9.500 4a7 7 0 0 0 10.500 10.500z"],
  clip: ["M20 11.500 12 19.400a5 5 0 0 1-7-7l8.200-8.200a3.300 3.300 0 0 1 4.700 4.700l-8.200 8.200a1.700 1.700 0 0 1-2.400-2.400l7.300-7.300"],
  slash: ["M4 4h16v16H4z", "M13.500 8l-3 8"],
  chat: ["M4 5h16v11H10l-4.500 4v-4H4z"],
  desk: ["M6 4h12v16H6z", "M9.500 3h5v3h-5z", "M9 11h6M9 15h4"],
  calendar: ["M4 6h16v14H4z", "M4 10h16M8 3.500v4M16 3.500v4"],
  more: ["M6 12h.01M12 12h.01M18 12h.01"],
  check: ["M5 12.500l4.500 4.500L19 7.500"],
  flag: ["M6 21V4", "M6 5h11l-2.500 4L17 13H6"],
  clock: ["M12 3.500a8.500 8.500 0 1 1 0 17 8.500 8.500 0 0 1 0-17z", "M12 8v4.500l3 2"],
  question: ["M12 3.500a8.500 8.500 0 1 1 0 17 8.500 8.500 0 0 1 0-17z", "M9.700 9.500a2.400 2.400 0 1 1 3.400 2.300c-.8.400-1.100 1-1.100 1.700M12 16.500h.01"],
  close: ["M6 6l12 12M18 6L6 18"],
  image: ["M4 5h16v14H4z", "M4 16l5-5 4 4 2.500-2.500L20 17", "M15.500 9h.01"],
};

export const $ = (id) => document.getElementById(id);

/** Return an element: `props` are properties, or attributes where they hold a dash or are `role`; children are text or nodes. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.includes("-") || name === "role" || name === "for") element.setAttribute(name, value === true ? "" : value);
    else element[name] = value;
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  for (const line of ICONS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", line);
    svg.append(path);
  }
  return svg;
}

export const hidden = (words) => h("span", { className: "hidden" }, words);

/** Make `container` hold exactly `entries` ({key, sign, build}), rebuilding only those whose sign has changed. */
export function keyed(container, entries) {
  const old = new Map([...container.children].map((element) => [element.dataset.key, element]));
  const focused = container.contains(document.activeElement) ? document.activeElement : null;
  const holder = focused?.closest("[data-key]")?.dataset.key;
  const focusKeys = focused ? namesAround(focused, container) : [];
  const wanted = entries.map(({ key, sign, build }) => {
    const known = old.get(key);
    if (known?.dataset.sign === sign) return known;
    const element = build();
    element.dataset.key = key;
    element.dataset.sign = sign;
    return element;
  });
  // What goes, goes first: then nothing that stays has to be moved, which would take the focus from it.
  const staying = new Set(wanted);
  for (const element of [...container.children]) if (!staying.has(element)) element.remove();
  let at = container.firstChild;
  for (const element of wanted) {
    if (element === at) at = at.nextSibling;
    else container.insertBefore(element, at);
  }
  if (!focused || document.activeElement === focused) return;
  if (focused.isConnected) focused.focus({ preventScroll: true });
  else refocus(container, holder, focusKeys);
}

/** Return what names an element for the focus, and then what stands around it, from within to without. */
function namesAround(element, container) {
  const names = [];
  for (let at = element; at !== container; at = at.parentElement) if (at.dataset.focus) names.push(at.dataset.focus);
  return names;
}

/** Put the focus where it was; if that is gone, on what stood around it, so that it never falls to the page's top. */
function refocus(container, holder, focusKeys) {
  const home = [...container.children].find((element) => element.dataset.key === holder);
  const named = focusKeys.map((name) => home?.querySelector(`[data-focus="${CSS.escape(name)}"]`));
  focusFirst(...named, home, container, container.closest("[tabindex]"));
}

/** Put the focus on the first of the elements that takes it. */
export function focusFirst(...elements) {
  for (const element of elements) {
    element?.focus({ preventScroll: true });
    if (element && document.activeElement === element) return;
  }
}
