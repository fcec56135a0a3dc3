// What the page knows: what the server told, and what this visitor chose.

export const state = {
  people: new Map(),
  rooms: new Map(),
  messages: new Map(),
  posts: new Map(),
  explained: new Map(),
  silences: new Map(),
  watching: new Set(),
  commands: [],
  attachable: [],
  longest: 0, // characters that a message may have
  up: true,
  calendar: false,
  openedAt: new Date().toISOString(),
  room: null,
  speaker: null,
  deskPerson: null,
  answers: [], // what the bot answered to this page alone: {handle, place, person, room, post, card, at}
  seenPosts: new Set(),
};

export const DIRECT = "@direct";

const silenceKey = (person, room) => `${person} ${room}`;

export function takeEverything(told) {
  state.people = new Map(told.people.map((one) => [one.id, one]));
  state.rooms = new Map(told.rooms.map((one) => [one.id, one]));
  state.messages = new Map(told.messages.map((one) => [one.id, one]));
  state.posts = new Map(told.posts.map((one) => [one.id, one]));
  state.explained = new Map(told.explained.map((one) => [one.message, one]));
  state.silences = new Map(told.silences.map((one) => [silenceKey(one.person, one.room), one.until]));
  state.watching = new Set(told.watching);
  state.commands = told.commands;
  state.attachable = told.attachable;
  state.longest = told.longest;
  state.up = told.up;
  state.calendar = told.calendar;
  if (!state.rooms.has(state.room)) state.room = told.rooms.find((one) => !one.alerts)?.id ?? null;
  if (!state.people.has(state.deskPerson)) state.deskPerson = desks()[0]?.id ?? null;
  chooseSpeaker();
}

export const takeSilence = (one) => state.silences.set(silenceKey(one.person, one.room), one.until);

/** Keep an answer; on the desk it takes the place of the one before it about the same card, or about none. */
export function takeAnswer(answer) {
  const { place, person, post } = answer;
  const replaced = (one) => place === "desk" && one.place === "desk" && one.person === person && one.post === post;
  state.answers = [...state.answers.filter((one) => !replaced(one)), answer];
}

export function silencedUntil(person, room) {
  const until = state.silences.get(silenceKey(person, room));
  return until && new Date(until) > new Date() ? until : null;
}

export const isIn = (person, room) => room.members.length === 0 || room.members.includes(person);

export const chatRooms = () => [...state.rooms.values()].filter((room) => !room.alerts);

export const peopleHere = () => {
  const room = state.rooms.get(state.room);
  return [...state.people.values()].filter((one) => !room || isIn(one.id, room));
};

export function chooseSpeaker() {
  const here = peopleHere();
  if (!here.some((one) => one.id === state.speaker)) state.speaker = here[0]?.id ?? null;
}

const severities = ["none", "low", "medium", "high", "critical"];

export const desks = () => [...state.people.values()].filter((one) => one.desk).sort((a, b) => rank(a) - rank(b));

const rank = (person) => (person.role === "administrator" ? 0 : 1);

/** Cards on a person's desk: their own, and those of alert channels they are in; the gravest first, then the newest. */
export function cardsFor(person) {
  const theirs = [...state.posts.values()].filter((post) => {
    const room = post.room && state.rooms.get(post.room);
    return post.person === person || (room?.alerts && isIn(person, room));
  });
  return theirs.sort(
    (a, b) =>
      severities.indexOf(b.card.severity) - severities.indexOf(a.card.severity) ||
      b.at.localeCompare(a.at) ||
      Number(b.id) - Number(a.id),
  );
}

const DECISIONS = new Set(["acknowledge", "confirm", "dismiss", "approve", "permit", "signoff", "claim"]);

/** Whether a card still asks for a decision; one that only offers further steps does not wait. */
export const waiting = (post) => post.card.buttons.some((button) => DECISIONS.has(button.verb));

/** A person without a desk reads the bot's direct messages in the chat. */
export const directTo = (person) =>
  state.people.get(person)?.desk ? [] : cardsFor(person).sort((a, b) => a.at.localeCompare(b.at));

export function recall(name) {
  try {
    return localStorage.getItem(`crossing-guard.${name}`);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`crossing-guard.${name}`, value);
  } catch {
    // A browser that keeps nothing starts with its own settings next time.
  }
}
