// What the platform knows, kept up to date by its stream of changes.

const KINDS = ["message", "webhook", "call", "directory", "loading"];
const LOG_LIMIT = 600;

export const store = {
  channels: [],
  users: [],
  groups: [],
  bonds: new Map(),
  menus: new Map(),
  chats: new Map(),
  loading: new Map(),
  log: [],
};

const listeners = new Set();

export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(kind, thing) {
  for (const listener of [...listeners]) listener(kind, thing);
}

export async function call(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  const answer = await fetch(`/_simulator${path}`, options);
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(content.error?.message ?? `${answer.status}`);
  return content;
}

export const act = (step) => call("POST", "/act", step);

export async function load() {
  // Changes that come while the state is being read are kept and applied after it.
  let early = [];
  const source = new EventSource("/_simulator/stream");
  for (const kind of KINDS) {
    source.addEventListener(kind, (event) => {
      const thing = JSON.parse(event.data);
      if (early) early.push([kind, thing]);
      else apply(kind, thing);
    });
  }
  await new Promise((ready) => source.addEventListener("open", ready, { once: true }));
  await reload();
  const kept = early;
  early = null;
  for (const [kind, thing] of kept) apply(kind, thing);
  source.addEventListener("open", () => reload().then(() => tell("everything")));
}

async function reload() {
  const state = await call("GET", "/state");
  setDirectory(state);
  store.chats.clear();
  state.messages.forEach(putMessage);
  store.loading.clear();
  state.loading.forEach(putLoading);
  store.log = state.log;
}

function apply(kind, thing) {
  if (kind === "message") putMessage(thing);
  else if (kind === "directory") setDirectory(thing);
  else if (kind === "loading") putLoading(thing);
  else if (!store.log.some((entry) => entry.number === thing.number)) {
    store.log.push({ ...thing, kind });
    if (store.log.length > LOG_LIMIT) store.log.shift();
  }
  tell(kind, thing);
}

function setDirectory({ channels, users, groups, bonds, menus }) {
  Object.assign(store, { channels, users, groups });
  store.menus = new Map(menus.map((menu) => [`${menu.channel_id} ${menu.user_id}`, menu]));
  store.bonds = new Map(bonds.map(([channel, user, bond]) => [`${channel} ${user}`, bond]));
}

function putMessage(message) {
  const key = chatKey(message.channel_id, message.chat_id);
  if (!store.chats.has(key)) store.chats.set(key, []);
  const chat = store.chats.get(key);
  const place = chat.findIndex((known) => known.message_id === message.message_id);
  if (place >= 0) chat[place] = message;
  else chat.push(message);
}

function putLoading({ channel_id, user_id, milliseconds }) {
  store.loading.set(`${channel_id} ${user_id}`, Date.now() + milliseconds);
}

// Where someone stands among the accounts or people: it chooses their colour.
export const placeOf = (id) => Math.max(store.channels.findIndex((channel) => channel.channel_id === id), store.users.findIndex((user) => user.user_id === id), 0);
export const chatKey = (channelId, chatId) => (chatId.startsWith("U") ? `${channelId} ${chatId}` : chatId);
export const chatOf = (channelId, chatId) => store.chats.get(chatKey(channelId, chatId)) ?? [];
export const channelOf = (id) => store.channels.find((channel) => channel.channel_id === id);
export const userOf = (id) => store.users.find((user) => user.user_id === id);
export const groupOf = (id) => store.groups.find((group) => group.group_id === id);
export const bondOf = (channelId, userId) => store.bonds.get(`${channelId} ${userId}`) ?? "stranger";
export const menuOf = (channelId, userId) => store.menus.get(`${channelId} ${userId}`) ?? null;
export const loadingUntil = (channelId, userId) => store.loading.get(`${channelId} ${userId}`) ?? 0;
