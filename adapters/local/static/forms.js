// Forms as dialogs: the browser keeps focus inside, Esc closes, focus goes back to what opened them.

import { $, h } from "./dom.js";
import { t } from "./words.js";

/** Open a form; `send(values, late)` resolves to what came of it, and a refusal is shown inside.

`late` may be told of an answer that comes after that: a form that was taken closes whenever it is known. */
export function openForm(form, send) {
  const dialog = $("form");
  const opener = document.activeElement;
  const refusal = h("p", { className: "refusal", role: "alert", hidden: true });
  const submit = h("button", { type: "submit", className: "primary" }, t("form.send"));
  const element = h(
    "form",
    { noValidate: false },
    h("h2", { id: "form-title" }, form.title),
    form.told ? h("p", { className: "told" }, form.told) : null,
    form.fields.map(drawField),
    refusal,
    h(
      "div",
      { className: "buttons" },
      h("button", { type: "button", className: "plain", onclick: () => dialog.close() }, t("page.cancel")),
      submit,
    ),
  );
  let sending = false;
  const take = (told) => {
    // Another form may stand here by now: only one's own is closed.
    if (told.see !== "refused" && element.isConnected) dialog.close();
  };
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    submit.setAttribute("aria-busy", "true");
    const told = await send(entered(element, form), take);
    sending = false;
    submit.removeAttribute("aria-busy");
    take(told);
    if (told.see !== "refused") return;
    refusal.textContent = t(told.key, told.params);
    refusal.hidden = false;
  });
  dialog.replaceChildren(element);
  dialog.onclose = () => {
    dialog.replaceChildren();
    // The browser has given the focus back already, unless what opened the form was drawn anew.
    if (opener?.isConnected && document.activeElement === document.body) opener.focus();
  };
  dialog.showModal();
  element.querySelector("textarea, input, select")?.focus();
}

function drawField(field) {
  const id = `field-${field.name}`;
  const described = { id, name: field.name, required: field.required, "aria-describedby": `${id}-hint` };
  const label = h(
    "label",
    { for: id },
    field.label,
    field.required || field.kind === "switch" ? null : h("span", { className: "optional" }, ` (${t("form.optional")})`),
  );
  const hint = h("p", { id: `${id}-hint`, className: "hint" }, field.hint);
  if (field.kind === "switch") {
    const box = h("input", { ...described, type: "checkbox", required: false });
    return h("div", { className: "field check" }, box, h("div", {}, label, hint));
  }
  return h("div", { className: "field" }, label, hint, control(field, described));
}

function control(field, described) {
  if (field.kind === "paragraph") return h("textarea", { ...described, rows: 3, maxLength: field.most });
  if (field.kind === "line") return h("input", { ...described, type: "text", maxLength: field.most });
  const none = field.kind === "person" ? t("form.nobody") : t("form.choose");
  return h(
    "select",
    described,
    h("option", { value: "" }, none),
    field.choices.map((choice) => h("option", { value: choice.value }, choice.label)),
  );
}

function entered(element, form) {
  return Object.fromEntries(
    form.fields.map((field) => {
      const input = element.elements.namedItem(field.name);
      return [field.name, field.kind === "switch" ? input.checked : input.value];
    }),
  );
}
