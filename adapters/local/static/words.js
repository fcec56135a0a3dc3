// The page's words in the reader's language, and how dates and sizes are written in it.

let texts = {};
let language = "en";

export function speak(newTexts, newLanguage) {
  texts = newTexts;
  language = newLanguage;
  document.documentElement.lang = language;
  document.title = t("page.title");
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", t(element.dataset.label));
}

export function t(key, params = {}) {
  return (texts[key] ?? key).replace(/\{(\w{1,40})\}/g, (whole, name) => String(params[name] ?? whole));
}

export const spoken = () => language;

export const clock = (iso) => new Intl.DateTimeFormat(language, { timeStyle: "short" }).format(new Date(iso));

export function day(iso) {
  const date = new Date(iso);
  const daysAgo = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86400000);
  if (daysAgo === 0) return t("chat.today");
  if (daysAgo === 1) return t("chat.yesterday");
  return new Intl.DateTimeFormat(language, { weekday: "long", month: "long", day: "numeric" }).format(date);
}

export function size(bytes) {
  const large = bytes >= 1000000;
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: large ? 1 : 0 }).format(bytes / (large ? 1000000 : 1000));
  return `${number} ${large ? "MB" : "KB"}`;
}
