// Drawing the bot's cards: severity as colour and word, urgent lines first, people's own words inert.

import { h, hidden, icon } from "./dom.js";
import { t } from "./words.js";

/** Return a card; `press(button)` is called for a pressed button, `key` tells this card's buttons from others'. */
export function drawCard(card, key, press) {
  return h(
    "div",
    { className: `card severity-${card.severity}` },
    card.urgent.map((line) => h("p", { className: "urgent" }, line)),
    drawTitle(card),
    card.quote
      ? h("blockquote", {}, card.quote.map((piece) => (piece.marked ? h("mark", {}, piece.text) : piece.text)))
      : null,
    card.link ? drawLink(card.link) : null,
    card.lines.map((line) => h("p", { className: "line" }, drawLinked(line))),
    card.facts.length ? h("dl", {}, card.facts.map(drawFact)) : null,
    card.buttons.length
      ? h("div", { className: "buttons", role: "group", "aria-label": t("desk.actions") }, card.buttons.map((button) =>
          h(
            "button",
            {
              type: "button",
              className: button.tone,
              "data-focus": `${key} ${button.id}`,
              "data-verb": button.verb,
              onclick: (event) => press(button, event.currentTarget),
            },
            button.label,
          )))
      : null,
  );
}

/** The severity's word stands in a pill; a title that begins with the same word does not say it twice. */
function drawTitle(card) {
  if (card.severity === "none") return h("h3", {}, card.title);
  const word = t(`severity.${card.severity}`);
  const rest = card.title.startsWith(`${word}: `) ? card.title.slice(word.length + 2) : card.title;
  const title = rest.charAt(0).toUpperCase() + rest.slice(1);
  return h("h3", {}, h("span", { className: "pill" }, word), hidden(": "), h("span", {}, title));
}

const LONG_LABEL = 15; // characters that fit beside a value

const drawFact = ([label, value]) =>
  h("div", { className: label.length > LONG_LABEL ? "stacked" : "" }, h("dt", {}, label), h("dd", {}, drawLinked(value)));

const drawLinked = (pieces) =>
  pieces.map((piece) => (piece.link ? h("a", { href: piece.link }, t("desk.show_comment")) : piece.text));

function drawLink(link) {
  const here = link.startsWith("#");
  const props = here ? { href: link } : { href: link, target: "_blank", rel: "noopener noreferrer" };
  return h("p", { className: "goto" }, h("a", props, icon("chat"), h("span", {}, t("desk.show_comment"))));
}
