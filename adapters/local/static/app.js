// The page: what the server tells goes into the state and is drawn; what people do goes to the server.

import { drawChat, goTo, prepareChat, toNewest } from "./chat.js";
import { drawComposer, prepareComposer, startEdit, startReply, useCommand } from "./composer.js";
import { drawDesk, prepareDesk, showAnswer } from "./desk.js";
import { $, focusFirst, h, icon } from "./dom.js";
import { openForm } from "./forms.js";
import { act, askBot, open, redrawn } from "./line.js";
import { prepareMenus } from "./menus.js";
import { cardsFor, recall, remember, state, takeAnswer, takeEverything, takeSilence } from "./state.js";
import { speak, spoken, t } from "./words.js";

const language = () => recall("language") ?? (navigator.language.startsWith("es") ? "es" : "en");
let begun = false;
let toastTimer;

const tellers = {
  everything(told) {
    takeEverything(told);
    speak(told.texts, told.language);
    $("school").textContent = told.school;
    drawAll();
    if (!begun) begin();
    drawUnopened(null);
  },
  message(told) {
    state.messages.set(told.message.id, told.message);
    drawChat();
  },
  post(told) {
    const before = state.posts.get(told.post.id);
    state.posts.set(told.post.id, told.post);
    redrawn(told.post.id);
    announce(told.post, before);
    drawChat();
    drawDesk();
  },
  silence(told) {
    takeSilence(told.silence);
    drawComposer();
  },
  explained(told) {
    state.explained.set(told.explained.message, told.explained);
    drawChat();
  },
  watching(told) {
    state.watching = new Set(told.rooms);
    drawChat();
  },
  line(told) {
    state.up = told.up;
    drawLine();
  },
  answer(told, context) {
    if (!context) return;
    takeAnswer({ ...context, handle: told.handle, card: told.card, at: new Date().toISOString() });
    say(told.card.title);
    drawChat();
    drawDesk();
    if (context.place === "chat") toNewest();
    else showAnswer(told.handle);
  },
  form(told, context) {
    if (!context) return;
    const { place, person, room, post } = context;
    openForm(told.form, (values, late) =>
      askBot({ do: "submit", person, form: told.handle, values }, { place, person, room, post }, late),
    );
  },
  done() {},
  refused() {},
};

function drawAll() {
  drawChat();
  drawComposer();
  drawDesk();
  drawLine();
  drawSettings();
}

function begin() {
  begun = true;
  toNewest();
  followHash();
}

function followHash() {
  const id = /^#c-(\d{1,12})$/u.exec(location.hash)?.[1];
  if (!id) return;
  showSide("chat");
  goTo(id);
}

async function press(button, context, element) {
  element?.setAttribute("aria-busy", "true");
  const { person, post, shown } = context;
  const told = await askBot({ do: "press", person, button: button.id, post: post ?? null, shown: shown ?? null }, context);
  element?.removeAttribute("aria-busy");
  if (told.see === "refused") refuse(told);
}

function closeAnswer(answer) {
  state.answers = state.answers.filter((one) => one !== answer);
  drawChat();
  drawDesk();
  if (answer.place === "chat") focusFirst($("composer-text"), $("stream"));
  else $("cards").focus();
}

const remove = (message) => worked({ do: "delete", person: state.speaker, message: message.id });

/** Do something, say it when it was refused, and tell whether it worked. */
async function worked(action) {
  const told = await act(action);
  if (told.see === "refused") refuse(told);
  return told.see !== "refused";
}

/** Tell of a new card, and of a change that matters; words that were marked a moment later are not worth a word. */
function announce(post, before) {
  const gist = ({ card }) => JSON.stringify([card.title, card.lines, card.buttons]);
  if (before && gist(before) === gist(post)) return;
  if (!cardsFor(state.deskPerson).some((one) => one.id === post.id)) return;
  const name = state.people.get(state.deskPerson).name;
  say(t(before ? "desk.changed_alert" : "desk.new_alert", { name, title: post.card.title }));
}

function say(words) {
  $("announcer").textContent = words;
}

function refuse({ key, params }) {
  const toast = $("toast");
  toast.textContent = t(key, params);
  toast.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (toast.hidden = true), 7000);
}

function drawLine(lost = null) {
  const button = $("bot-switch");
  button.setAttribute("aria-checked", String(state.up));
  button.title = t(state.up ? "page.switch_off" : "page.switch_on");
  $("bot-switch-text").textContent = t(state.up ? "page.bot_up" : "page.bot_down");
  const strip = $("strip");
  strip.hidden = state.up && !lost;
  strip.textContent = t(lost ?? "page.down_note");
}

/** Say why nothing is there yet; the page has no words of its own before its first line, so these stand in it. */
function drawUnopened(lost) {
  $("unreached").hidden = !lost || lost === "page.too_many";
  $("too-many").hidden = lost !== "page.too_many";
}

const otherLanguage = () => (spoken() === "en" ? "es" : "en");

function drawSettings() {
  $("language").lang = otherLanguage();
  $("language").replaceChildren(
    h("span", { className: "long" }, t("page.other_language")),
    h("span", { className: "short", "aria-hidden": "true" }, otherLanguage().toUpperCase()),
  );
  const dark = document.documentElement.dataset.theme === "dark";
  $("theme-text").textContent = t(dark ? "page.theme_light" : "page.theme_dark");
  $("explain").title = t("page.explain_note");
  $("explain").setAttribute("aria-pressed", String(!document.body.classList.contains("unexplained")));
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

function showSide(side) {
  document.querySelector("main").dataset.side = side;
  $("tab-chat").setAttribute("aria-pressed", String(side === "chat"));
  $("tab-desk").setAttribute("aria-pressed", String(side === "desk"));
}

function prepare() {
  setTheme(recall("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  document.body.classList.toggle("unexplained", recall("explain") === "no");
  for (const element of document.querySelectorAll("[data-icon]")) element.append(icon(element.dataset.icon));
  prepareMenus();
  prepareComposer(refuse);
  prepareChat({
    chosen: drawComposer,
    reply: startReply,
    edit: startEdit,
    remove,
    report: (message) => useCommand("report", "", message.id),
    press,
    closeAnswer,
  });
  prepareDesk({ press, closeAnswer });
  $("bot-switch").addEventListener("click", () => worked({ do: "switch", up: !state.up }));
  $("language").addEventListener("click", async () => {
    const language = otherLanguage();
    if (await worked({ do: "language", language })) remember("language", language);
  });
  for (const skip of document.querySelectorAll(".skip")) {
    // In a small window one of the two sides is away: it has to be there before it can take the focus.
    skip.addEventListener("click", () => showSide(skip.hash === "#desk" ? "desk" : "chat"));
  }
  $("try").hidden = recall("tried") === "yes";
  $("try-close").addEventListener("click", () => {
    remember("tried", "yes");
    $("try").hidden = true;
    $("composer-text").focus();
  });
  $("theme").addEventListener("click", () => {
    setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    remember("theme", document.documentElement.dataset.theme);
    drawSettings();
  });
  $("explain").addEventListener("click", () => {
    const off = document.body.classList.toggle("unexplained");
    remember("explain", off ? "no" : "yes");
    drawSettings();
  });
  $("tab-chat").addEventListener("click", () => showSide("chat"));
  $("tab-desk").addEventListener("click", () => showSide("desk"));
  addEventListener("hashchange", followHash);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.('a[href^="#c-"]')?.hash === location.hash) followHash();
  });
}

prepare();
open(
  () => (begun ? spoken() : language()),
  (told, context) => tellers[told.see]?.(told, context),
  (lost) => (begun ? drawLine(lost) : drawUnopened(lost)),
);
