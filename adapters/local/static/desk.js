// The desk: whose it is, what waits for them, and what the bot answered to them.

import { drawCard } from "./cards.js";
import { commandItems, fillPeople, useCommand } from "./composer.js";
import { $, h, icon, keyed } from "./dom.js";
import { openMenu } from "./menus.js";
import { cardsFor, desks, state, waiting } from "./state.js";
import { clock, day, spoken, t } from "./words.js";

const doings = {}; // what app.js lets people do here: press, closeAnswer

export function prepareDesk(given) {
  Object.assign(doings, given);
  $("desk-person").addEventListener("change", (event) => {
    state.deskPerson = event.target.value;
    drawDesk();
  });
  $("desk-commands").addEventListener("click", (event) =>
    openMenu(event.currentTarget, commandItems((name) => useCommand(name, "", null, "desk", state.deskPerson))),
  );
}

export function drawDesk() {
  fillPeople($("desk-person"), desks(), state.deskPerson);
  $("calendar").hidden = !state.calendar;
  $("calendar").href = `/calendar?${new URLSearchParams({ person: state.deskPerson, language: spoken() })}`;
  const posts = cardsFor(state.deskPerson);
  const open = posts.filter(waiting);
  const rest = posts.filter((post) => !waiting(post)).sort((a, b) => b.changed_at.localeCompare(a.changed_at));
  const answers = state.answers.filter((one) => one.place === "desk" && one.person === state.deskPerson);
  const loose = answers.filter((one) => !posts.some((post) => post.id === one.post));
  const entry = (post) => [postEntry(post), ...answers.filter((one) => one.post === post.id).map(answerEntry)];
  keyed($("cards"), [
    ...loose.map(answerEntry),
    ...section("waiting", open, entry),
    ...section("information", rest, entry),
    ...(posts.length ? [] : [nothing()]),
  ]);
  const count = $("desk-count");
  count.textContent = String(open.length);
  count.hidden = open.length === 0;
  document.title = open.length ? `(${open.length}) ${t("page.title")}` : t("page.title");
}

function section(name, posts, entry) {
  if (posts.length === 0) return [];
  const words = `${t(`desk.${name}`)} · ${posts.length}`;
  const heading = { key: `head ${name}`, sign: words, build: () => h("h3", { className: "group" }, words) };
  return [heading, ...posts.flatMap(entry)];
}

function nothing() {
  const build = () =>
    h("div", { className: "nothing" }, icon("check"), h("h3", {}, t("desk.empty_title")), h("p", {}, t("desk.empty_text")));
  return { key: "nothing", sign: spoken(), build };
}

function postEntry(post) {
  const person = state.deskPerson;
  const press = (button, element) => doings.press(button, { post: post.id, person, place: "desk", room: null }, element);
  const build = () => {
    const card = drawCard(post.card, `p${post.id}`, press);
    card.append(h("p", { className: "when" }, when(post)));
    return h("article", { className: waiting(post) ? "post" : "post settled", tabIndex: -1, "aria-label": post.card.title }, card);
  };
  return { key: `p${post.id}`, sign: JSON.stringify([post, spoken(), person]), build };
}

function when(post) {
  const room = post.room ? ` · ${t("desk.in_room", { room: state.rooms.get(post.room)?.name ?? post.room })}` : "";
  const delivered = t("desk.delivered", { time: moment(post.at) });
  const isLater = moment(post.changed_at) !== moment(post.at);
  const changed = isLater ? ` · ${t("desk.changed", { time: moment(post.changed_at) })}` : "";
  return delivered + changed + room;
}

const moment = (iso) => (day(iso) === t("chat.today") ? clock(iso) : `${day(iso)}, ${clock(iso)}`);

export function showAnswer(handle) {
  const element = [...$("cards").children].find((one) => one.dataset.key === `a${handle}`);
  element?.scrollIntoView({ block: "nearest" });
}

function answerEntry(one) {
  const press = (button) => doings.press(button, { shown: one.handle, person: one.person, place: "desk", room: null });
  const build = () =>
    h(
      "article",
      { className: "post answer", tabIndex: -1, "aria-label": t("desk.answer") },
      h(
        "header",
        {},
        h("span", {}, t("desk.answer")),
        h(
          "button",
          { type: "button", className: "quiet square", "aria-label": t("page.close"), onclick: () => doings.closeAnswer(one) },
          icon("close"),
        ),
      ),
      drawCard(one.card, one.handle, press),
    );
  return { key: `a${one.handle}`, sign: JSON.stringify([one.card, spoken()]), build };
}
