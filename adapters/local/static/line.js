// The one line to the server: actions go out with a number, what came of them comes back with it.

const PATIENCE = 3500; // milliseconds for the bot's first answer, as chat platforms give it
const LOST = { see: "refused", key: "page.lost", params: {} };
const TOO_MANY = "too many pages"; // why the server closed the line, in its words
const contexts = new Map();
let socket = null;
let asked = 0;
let wait = 500;

/** Open the line and keep it open; `take(told, context)` gets everything, `lost(why)` why there is none, or null. */
export function open(language, take, lost) {
  socket = new WebSocket(`ws://${location.host}/live?language=${encodeURIComponent(language())}`);
  socket.addEventListener("message", (event) => {
    const told = JSON.parse(event.data);
    take(told, settle(told));
    if (told.see !== "everything") return;
    wait = 500;
    lost(null);
  });
  socket.addEventListener("close", async (event) => {
    settleAll();
    lost(event.reason === TOO_MANY ? "page.too_many" : await reason());
    setTimeout(() => open(language, take, lost), wait);
    wait = Math.min(wait * 2, 8000);
  });
}

/** Say why there is no line: the server is away, or it is another one that does not know this page. */
async function reason() {
  try {
    return (await fetch("/", { method: "HEAD" })).status === 401 ? "page.new_link" : "page.lost";
  } catch {
    return "page.lost";
  }
}

/** Do something; the returned promise tells what came of it: done, answer, form, refused. */
export function act(action, context = {}) {
  if (socket?.readyState !== WebSocket.OPEN) return Promise.resolve(LOST);
  asked += 1;
  const number = asked;
  socket.send(JSON.stringify({ ...action, ask: number }, whole));
  return new Promise((resolve) => contexts.set(number, { ...context, resolve }));
}

/** Half characters, as a cut in the middle of an emoji leaves them, are no text that the server could read. */
const whole = (_name, value) => (typeof value === "string" ? value.toWellFormed() : value);

/** The same for what the bot must answer: it has a few seconds. `late(told)` hears every answer, also one after them. */
export function askBot(action, context = {}, late = () => {}) {
  const silence = { see: "refused", key: "refused.no_answer", params: {} };
  let timer;
  const patience = new Promise((resolve) => { timer = setTimeout(() => resolve(silence), PATIENCE); });
  const answer = act(action, context);
  answer.then(late);
  return Promise.race([answer, patience]).finally(() => clearTimeout(timer));
}

/** A card that is redrawn answers the press on it. */
export function redrawn(post) {
  for (const context of contexts.values()) if (context.post === post) context.resolve({ see: "done" });
}

/** When the line is gone, nothing that waits on it will be answered. */
function settleAll() {
  for (const context of contexts.values()) context.resolve(LOST);
  contexts.clear();
}

function settle(told) {
  const context = contexts.get(told.ask);
  if (!context) return null;
  context.resolve(told);
  if (told.see === "done" || told.see === "refused") contexts.delete(told.ask);
  if (contexts.size > 200) contexts.delete(contexts.keys().next().value);
  return context;
}
