// The chat: channels, messages with their threads, what the bot answered to the person who speaks.

import { drawCard } from "./cards.js";
import { $, h, hidden, icon, keyed } from "./dom.js";
import { openMenu } from "./menus.js";
import { DIRECT, chatRooms, chooseSpeaker, directTo, state } from "./state.js";
import { clock, day, size, spoken, t } from "./words.js";

const doings = {}; // what app.js lets people do here: chosen, reply, edit, remove, report, press, closeAnswer

const FOUND = 2400; // milliseconds that a message stays marked as the one that was looked for
let finding;

export function prepareChat(given) {
  Object.assign(doings, given);
  $("eye").addEventListener("click", () => {
    $("room-facts").hidden = !$("room-facts").hidden;
    drawHead();
  });
}

export function choose(room) {
  state.room = room;
  chooseSpeaker();
  drawChat();
  doings.chosen();
  toNewest();
}

export function drawChat() {
  const stream = $("stream");
  const atEnd = stream.scrollHeight - stream.scrollTop - stream.clientHeight < 80;
  drawChannels();
  drawHead();
  keyed($("messages"), state.room === DIRECT ? directEntries() : roomEntries());
  if (atEnd) toNewest();
}

export function toNewest() {
  const stream = $("stream");
  stream.scrollTop = stream.scrollHeight;
}

/** Show a message in its place and put focus on it. */
export function goTo(id) {
  const message = state.messages.get(id);
  if (!message) return;
  if (state.room !== message.room) choose(message.room);
  const element = $(`c-${id}`);
  if (!element) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  element.focus({ preventScroll: true });
  element.classList.remove("found");
  requestAnimationFrame(() => element.classList.add("found"));
  clearTimeout(finding);
  finding = setTimeout(() => element.classList.remove("found"), FOUND);
}

function drawChannels() {
  const direct = directTo(state.speaker);
  if (state.room === DIRECT && direct.length === 0) state.room = chatRooms()[0].id;
  const rows = chatRooms().map((room) => {
    const watched = state.watching.has(room.id);
    return row(room.id, [
      h("span", { className: "hash", "aria-hidden": "true" }, "#"),
      h("span", { className: "label" }, room.name),
      h("span", { className: watched ? "eye" : "eye shut" }, icon(watched ? "eye" : "shut"), hidden(watchWord(watched))),
    ]);
  });
  if (direct.length) {
    const fresh = direct.filter((post) => !state.seenPosts.has(post.id)).length;
    rows.push(
      row(DIRECT, [
        icon("desk"),
        h("span", { className: "label" }, t("chat.bot")),
        fresh && state.room !== DIRECT ? h("span", { className: "count" }, String(fresh)) : null,
      ]),
    );
  }
  keyed($("channels"), rows);
}

function row(id, content) {
  const here = state.room === id;
  const sign = JSON.stringify([here, spoken(), content.map((one) => one?.outerHTML ?? null)]);
  const build = () =>
    h(
      "li",
      {},
      h(
        "button",
        { type: "button", "aria-current": here ? "true" : null, "data-focus": id, onclick: () => choose(id) },
        content,
      ),
    );
  return { key: id, sign, build };
}

const watchWord = (watched) => t(watched ? "chat.watched" : "chat.unwatched");

function drawHead() {
  const eye = $("eye");
  const facts = $("room-facts");
  const room = state.rooms.get(state.room);
  eye.hidden = !room;
  if (!room) {
    const name = state.people.get(state.speaker)?.name ?? "";
    $("room-name").textContent = t("chat.direct", { name });
    $("room-about").textContent = t("chat.only_you");
    facts.hidden = true;
    return;
  }
  const watched = state.watching.has(room.id);
  $("room-name").textContent = `#${room.name}`;
  $("room-about").textContent = `${t(`kind.${room.kind}`)} · ${room.about}`;
  eye.replaceChildren(icon(watched ? "eye" : "shut"), watchWord(watched));
  eye.classList.toggle("is-shut", !watched);
  eye.setAttribute("aria-expanded", String(!facts.hidden));
  facts.replaceChildren(
    h("p", {}, t(watched ? "chat.watched_note" : "chat.unwatched_note")),
    watched ? h("p", { className: "counts" }, t("chat.counts", counts(room.id))) : "",
  );
}

function counts(room) {
  const posted = [...state.messages.values()].filter((one) => one.room === room);
  const seen = posted.map((one) => state.explained.get(one.id)).filter(Boolean);
  return {
    posted: posted.length,
    screened: seen.length,
    flagged: seen.filter((one) => one.outcome === "flagged").length,
  };
}

function roomEntries() {
  const here = [...state.messages.values()].filter((one) => one.room === state.room);
  here.sort((a, b) => a.at.localeCompare(b.at) || Number(a.id) - Number(b.id));
  const known = new Set(here.map((one) => one.id));
  const replies = Map.groupBy(here.filter((one) => known.has(one.thread)), (one) => one.thread);
  const roots = here.filter((one) => !known.has(one.thread)).map((one) => threadEntry(one, replies.get(one.id) ?? []));
  const posts = [...state.posts.values()].filter((one) => one.room === state.room).map(postEntry);
  const all = [...roots, ...posts, ...answerEntries()].sort((a, b) => a.at.localeCompare(b.at));
  return all.length ? withDays(all) : [note("empty", t("chat.empty"))];
}

function directEntries() {
  const direct = directTo(state.speaker);
  for (const post of direct) state.seenPosts.add(post.id);
  return withDays(direct.map(postEntry));
}

function withDays(entries) {
  let last = null;
  return entries.flatMap((entry) => {
    const today = day(entry.at);
    if (today === last) return [entry];
    last = today;
    const build = () => h("li", { className: "day" }, h("span", {}, today));
    return [{ key: `day ${today}`, sign: today, build }, entry];
  });
}

const note = (key, words) => ({ key, sign: words, build: () => h("li", { className: "note" }, words) });

function threadEntry(root, replies) {
  const whole = [root, ...replies];
  const sign = JSON.stringify([whole, whole.map((one) => [state.explained.get(one.id), pending(one)]), spoken(), state.speaker]);
  const build = () =>
    h(
      "li",
      { className: "thread" },
      drawMessage(root),
      replies.length ? h("ol", { className: "replies" }, replies.map((one) => h("li", {}, drawMessage(one)))) : null,
    );
  return { key: `m${root.id}`, at: root.at, sign, build };
}

function drawMessage(message) {
  const author = state.people.get(message.author);
  const gone = message.ended && t(`chat.deleted_by_${message.ended}`);
  return h(
    "article",
    { id: `c-${message.id}`, className: gone ? "message gone" : "message", tabIndex: -1, "data-focus": `c-${message.id}` },
    h("span", { className: `avatar tone-${tone(author)}`, "aria-hidden": "true" }, initials(author.name)),
    h(
      "div",
      { className: "body" },
      h(
        "p",
        { className: "meta" },
        h("strong", {}, author.name),
        h("span", { className: "role" }, author.title || t(`role.${author.role}`)),
        h("time", { dateTime: message.at }, clock(message.at)),
        message.edited_at && !gone ? h("span", { className: "edited" }, `(${t("chat.edited")})`) : null,
        drawMark(message),
      ),
      gone ? h("p", { className: "said" }, gone) : message.text ? h("p", { className: "said" }, message.text) : null,
      message.attachments.length ? h("ul", { className: "attachments" }, message.attachments.map(drawAttachment)) : null,
    ),
    gone ? null : moreButton(message, author),
  );
}

export const attachmentWords = (one) => `${t(`attachment.${one.name}`)} (${size(one.bytes)})`;

const drawAttachment = (one) => h("li", {}, icon("image"), h("span", {}, attachmentWords(one)));

function moreButton(message, author) {
  const words = t("chat.more", { name: author.name });
  const own = message.author === state.speaker;
  const items = () => [
    { label: t("chat.reply"), run: () => doings.reply(message) },
    ...(own ? [{ label: t("chat.edit"), run: () => doings.edit(message) }] : []),
    ...(own ? [{ label: t("chat.delete"), danger: true, run: () => doings.remove(message) }] : []),
    { label: t("menu.report"), run: () => doings.report(message) },
  ];
  return h(
    "button",
    {
      type: "button",
      className: "quiet square more",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-label": words,
      "data-focus": `more ${message.id}`,
      onclick: (event) => openMenu(event.currentTarget, items()),
    },
    icon("more"),
  );
}

/** Whether the bot should have read this revision and has not yet told so. */
function pending(message) {
  const known = state.explained.get(message.id);
  return state.watching.has(message.room) && !message.ended && known?.mark !== message.mark;
}

function drawMark(message) {
  if (!state.watching.has(message.room)) return null;
  if (pending(message)) return mark("waiting", "clock", t("chat.mark_waiting"), true);
  const known = state.explained.get(message.id);
  if (!known) return null;
  if (known.outcome === "clear") return mark("clear", "check", t("chat.mark_clear"), true);
  if (known.outcome === "unscored") return mark("unscored", "question", t("chat.mark_unscored"), false);
  return drawFlagged(known);
}

/** Show the first reason, and the others to whoever points at it or has it read out. */
function drawFlagged({ reasons, severity }) {
  const flagged = (some) => (some.length ? t("chat.mark_flagged_as", { reasons: some.join(", ") }) : t("chat.mark_flagged"));
  const more = reasons.length > 1 ? h("span", { "aria-hidden": "true" }, `+${reasons.length - 1}`) : null;
  const rest = more && hidden(`, ${reasons.slice(1).join(", ")}`);
  return h(
    "span",
    { className: `mark flagged severity-${severity ?? "none"}`, title: flagged(reasons) },
    icon("flag"),
    h("span", {}, flagged(reasons.slice(0, 1)), rest),
    more,
  );
}

function mark(kind, sign, words, short) {
  const label = short ? hidden(words) : h("span", {}, words);
  return h("span", { className: `mark ${kind}`, title: words }, icon(sign), label);
}

function postEntry(post) {
  const sign = JSON.stringify([post, spoken()]);
  const press = (button) => doings.press(button, { post: post.id, person: state.speaker, place: "chat", room: state.room });
  return { key: `p${post.id}`, at: post.at, sign, build: () => botMessage(post.at, drawCard(post.card, `p${post.id}`, press)) };
}

function answerEntries() {
  const mine = state.answers.filter(
    (one) => one.place === "chat" && one.person === state.speaker && one.room === state.room,
  );
  return mine.map((one) => {
    const press = (button) => doings.press(button, { shown: one.handle, person: one.person, place: "chat", room: one.room });
    const build = () => botMessage(one.at, drawCard(one.card, one.handle, press), () => doings.closeAnswer(one));
    return { key: `a${one.handle}`, at: one.at, sign: JSON.stringify([one.card, spoken()]), build };
  });
}

function botMessage(at, card, close = null) {
  return h(
    "li",
    { className: close ? "message bot alone" : "message bot", tabIndex: -1 },
    h("img", { src: "/static/icon.svg", alt: "", width: 36, height: 36 }),
    h(
      "div",
      { className: "body" },
      h(
        "p",
        { className: "meta" },
        h("strong", {}, t("chat.bot")),
        h("span", { className: "app" }, t("chat.app")),
        h("time", { dateTime: at }, clock(at)),
        close ? h("span", { className: "role" }, t("chat.only_you")) : null,
      ),
      card,
    ),
    close
      ? h("button", { type: "button", className: "quiet square", "aria-label": t("page.close"), onclick: close }, icon("close"))
      : null,
  );
}

const initials = (name) => name.split(" ").map((word) => word[0]).slice(0, 2).join("");

const tone = (person) =>
  ({ student: 0, parent: 1, parent_leader: 1, teacher: 2, coach: 2, staff: 2, administrator: 3 })[person.role] ?? 1;
