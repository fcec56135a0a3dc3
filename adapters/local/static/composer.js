// Writing: who speaks, replies and edits, pretended attachments, and commands as one types them.

import { attachmentWords, drawChat, toNewest } from "./chat.js";
import { $, h, icon } from "./dom.js";
import { act, askBot } from "./line.js";
import { openMenu } from "./menus.js";
import { DIRECT, peopleHere, silencedUntil, state } from "./state.js";
import { clock, t } from "./words.js";

const LONGEST_WAIT = 2 ** 31 - 1; // milliseconds that a browser can wait
const draft = { room: null, replyTo: null, editing: null, attachments: [] };
let picked = 0;
let waking;
let refuse = () => {};

export function prepareComposer(tellRefusal) {
  refuse = tellRefusal;
  const text = $("composer-text");
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  text.addEventListener("input", () => {
    picked = 0;
    drawSuggestions();
    grow();
  });
  text.addEventListener("keydown", typed);
  text.addEventListener("blur", () => ($("suggestions").hidden = true));
  text.addEventListener("focus", drawSuggestions);
  $("speaker").addEventListener("change", (event) => {
    state.speaker = event.target.value;
    forget();
    drawChat();
    drawComposer();
  });
  $("attach").addEventListener("click", (event) =>
    openMenu(event.currentTarget, state.attachable.map((one) => ({ label: attachmentWords(one), run: () => attach(one) }))),
  );
  $("chat-commands").addEventListener("click", (event) =>
    openMenu(event.currentTarget, commandItems((name) => useCommand(name, ""))),
  );
}

export const commandItems = (run) =>
  state.commands.map((one) => ({ label: `/${one.name}`, hint: one.summary, run: () => run(one.name) }));

export function drawComposer() {
  dropStale();
  const people = state.room === DIRECT ? [...state.people.values()] : peopleHere();
  fillPeople($("speaker"), people, state.speaker);
  const room = state.rooms.get(state.room);
  const name = state.people.get(state.speaker)?.name ?? "";
  const until = room && silencedUntil(state.speaker, room.id);
  const label = !room ? "" : t("chat.write_here", { room: room.name, name });
  $("writing").hidden = !room;
  $("composer-hint").hidden = !room;
  $("composer-label").textContent = label;
  $("composer-text").placeholder = until ? t("chat.silenced", { name, time: clock(until) }) : t("chat.write_as", { name });
  $("composer-text").disabled = Boolean(until);
  $("send").disabled = Boolean(until);
  clearTimeout(waking);
  if (until) waking = setTimeout(drawComposer, Math.min(new Date(until) - new Date() + 50, LONGEST_WAIT));
  $("send").textContent = t(draft.editing ? "chat.save" : "chat.send");
  drawComposing();
}

/** A reply, an edit or an attachment belongs to one channel, and to a message that is there: else it is forgotten. */
function dropStale() {
  const about = draft.editing ?? draft.replyTo;
  const gone = about && state.messages.get(about)?.ended !== null;
  if (gone || draft.room !== state.room) forget();
  draft.room = state.room;
}

/** Fill a picker with people and what they are; nothing is touched while it shows the same. */
export function fillPeople(picker, people, chosen) {
  const rows = people.map((one) => [one.id, `${one.name} – ${one.title || t(`role.${one.role}`)}`]);
  const sign = JSON.stringify(rows);
  if (picker.dataset.sign !== sign) {
    picker.replaceChildren(...rows.map(([value, label]) => h("option", { value }, label)));
    picker.dataset.sign = sign;
  }
  picker.value = chosen;
}

export function startReply(message) {
  forget();
  draft.replyTo = message.id;
  begin();
}

export function startEdit(message) {
  forget();
  draft.editing = message.id;
  $("composer-text").value = message.text;
  begin();
}

function begin() {
  drawComposer();
  grow();
  $("composer-text").focus();
}

function forget() {
  if (draft.editing) $("composer-text").value = "";
  Object.assign(draft, { replyTo: null, editing: null, attachments: [] });
  grow();
}

function attach(one) {
  draft.attachments.push(one.name);
  drawComposer();
  $("composer-text").focus();
}

function drawComposing() {
  const chips = draft.attachments.map((name, at) => {
    const words = attachmentWords(state.attachable.find((one) => one.name === name));
    const drop = () => {
      draft.attachments.splice(at, 1);
      drawComposer();
      $("composer-text").focus();
    };
    return chip([icon("image"), words], t("chat.remove_attachment", { name: words }), drop);
  });
  const cancel = () => {
    forget();
    drawComposer();
    $("composer-text").focus();
  };
  const answered = state.messages.get(draft.replyTo);
  if (answered) {
    const name = state.people.get(answered.author).name;
    chips.unshift(chip([t("chat.replying", { name })], t("page.cancel"), cancel));
  }
  if (draft.editing) chips.unshift(chip([t("chat.editing")], t("page.cancel"), cancel));
  $("composing").replaceChildren(...chips);
  if (draft.attachments.length) $("composing").append(h("p", { className: "hint" }, t("chat.attach_none")));
  $("composing").hidden = chips.length === 0;
}

const chip = (content, words, drop) =>
  h(
    "span",
    { className: "chip" },
    content,
    h("button", { type: "button", "aria-label": words, onclick: drop }, icon("close")),
  );

async function send() {
  const text = $("composer-text").value;
  // The server counts characters; in JavaScript a length counts UTF-16 units.
  if ([...text].length > state.longest) return refuse({ key: "refused.too_long", params: { most: state.longest } });
  // Whatever begins with / is a command or nothing: a report must never reach the channel because of its spelling.
  const command = /^\/(\S*)(?:\s+(.*))?$/su.exec(text.trim());
  if (command && !draft.editing) {
    const name = command[1].toLowerCase();
    if (!state.commands.some((one) => one.name === name)) {
      return refuse({ key: "refused.no_command", params: { name: name.slice(0, 32) } });
    }
    clear();
    return useCommand(name, command[2] ?? "");
  }
  const told = await act(
    draft.editing
      ? { do: "edit", person: state.speaker, message: draft.editing, text }
      : { do: "write", person: state.speaker, room: state.room, text, reply_to: draft.replyTo, attachments: draft.attachments },
  );
  if (told.see === "refused") return refuse(told);
  // Whoever typed on while it was sent keeps what they typed.
  const typed = $("composer-text").value;
  clear();
  if (typed !== text) $("composer-text").value = typed;
  toNewest();
}

function clear() {
  $("composer-text").value = "";
  forget();
  drawComposer();
  drawSuggestions();
}

export async function useCommand(command, said, about = null, place = "chat", person = state.speaker) {
  const room = place === "chat" && state.rooms.has(state.room) ? state.room : null;
  const action = { do: "command", person, command, said, room, about };
  const told = await askBot(action, { place, person, room });
  if (told.see === "refused") refuse(told);
}

function fitting() {
  const typed = /^\/([a-z]{0,32})$/iu.exec($("composer-text").value);
  return typed && !draft.editing ? state.commands.filter((one) => one.name.startsWith(typed[1].toLowerCase())) : [];
}

function drawSuggestions() {
  const list = $("suggestions");
  const text = $("composer-text");
  const commands = fitting();
  picked = Math.min(picked, Math.max(0, commands.length - 1));
  list.replaceChildren(
    ...commands.map((one, at) =>
      h(
        "li",
        {
          id: `suggestion-${one.name}`,
          role: "option",
          "aria-selected": String(at === picked),
          onpointerdown: (event) => {
            event.preventDefault();
            accept(one);
          },
        },
        h("strong", {}, `/${one.name}`),
        h("span", {}, one.summary),
      ),
    ),
  );
  list.hidden = commands.length === 0;
  if (list.hidden) text.removeAttribute("aria-activedescendant");
  else {
    text.setAttribute("aria-activedescendant", `suggestion-${commands[picked].name}`);
    list.children[picked].scrollIntoView({ block: "nearest" });
  }
}

function accept(command) {
  $("composer-text").value = `/${command.name} `;
  drawSuggestions();
  $("composer-text").focus();
}

function typed(event) {
  const commands = $("suggestions").hidden ? [] : fitting();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (commands.length && step) {
    event.preventDefault();
    picked = (picked + step + commands.length) % commands.length;
    drawSuggestions();
  } else if (commands.length && event.key === "Tab") {
    event.preventDefault();
    accept(commands[picked]);
  } else if (commands.length && event.key === "Escape") {
    $("suggestions").hidden = true;
  } else if (event.key === "Escape" && (draft.replyTo || draft.editing)) {
    forget();
    drawComposer();
  } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (commands.length && !commands.some((one) => `/${one.name}` === $("composer-text").value.toLowerCase())) accept(commands[picked]);
    else send();
  }
}

function grow() {
  const text = $("composer-text");
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight + 2, 200)}px`;
}
