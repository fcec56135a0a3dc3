// Menus: one at a time, moved through with the arrow keys, closed with Esc; focus goes back to what opened it.

import { $, h } from "./dom.js";

let opener = null;
let left = null; // what had opened the menu that is just closing
let pressed = null; // the opener, when it is pressed while its menu is open: the browser closes the menu before the click

/** Open a menu below (or above) `button`; `items` are {label, hint, danger, run}. */
export function openMenu(button, items) {
  const menu = $("menu");
  const again = pressed === button || opener === button;
  pressed = null;
  if (menu.matches(":popover-open")) menu.hidePopover();
  if (again) return;
  opener = button;
  menu.replaceChildren(
    ...items.map((item) =>
      h(
        "button",
        {
          type: "button",
          role: "menuitem",
          tabIndex: -1,
          className: item.danger ? "danger" : "",
          onclick: () => {
            menu.hidePopover();
            item.run();
          },
        },
        h("span", {}, item.label),
        item.hint ? h("small", {}, item.hint) : null,
      ),
    ),
  );
  menu.setAttribute("aria-label", button.getAttribute("aria-label") ?? button.textContent.trim());
  button.setAttribute("aria-expanded", "true");
  menu.showPopover();
  place(menu, button.getBoundingClientRect());
  menu.firstElementChild?.focus();
}

function place(menu, near) {
  const { width, height } = menu.getBoundingClientRect();
  const below = near.bottom + 6;
  const top = below + height < innerHeight - 8 ? below : Math.max(8, near.top - height - 6);
  menu.style.top = `${top}px`;
  menu.style.left = `${Math.max(8, Math.min(near.right - width, innerWidth - width - 8))}px`;
}

export function prepareMenus() {
  const menu = $("menu");
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.children];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      items[(to + items.length) % items.length]?.focus();
    } else if (event.key === "Tab") menu.hidePopover();
  });
  // Told at once, while "toggle" comes later and only once when another menu opens in the same moment.
  menu.addEventListener("beforetoggle", (event) => {
    if (event.newState !== "closed") return;
    opener?.setAttribute("aria-expanded", "false");
    left = opener;
    opener = null;
  });
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    if (document.activeElement === document.body || menu.contains(document.activeElement)) left?.focus();
    left = null;
  });
  document.addEventListener("pointerdown", (event) => (pressed = opener?.contains(event.target) ? opener : null), true);
  document.addEventListener("keydown", () => (pressed = null), true);
}
