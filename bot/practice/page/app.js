// Puts the page together: one state from the phone, drawn again at every change.

import { ChatView } from "./chat.js";
import { getState, listen, tell } from "./phone.js";
import { botState, Room } from "./room.js";
import { Toasts } from "./toasts.js";
import { Composer } from "./composer.js";
import { hasWord, loadWords, momentText, personName, t, toggleLanguage } from "./words.js";

const $ = (id) => document.getElementById(id);
let person = decodeURIComponent(location.hash.slice(1)) || "Anna";
let state = null;
let loading = false;
let again = false;

const toasts = new Toasts();

async function act(name, body = {}) {
  try {
    return await tell(name, { person, ...body });
  } catch (problem) {
    const word = problem instanceof TypeError ? "lost" : `error.${problem.key}`;
    toasts.show(hasWord(word) ? t(word) : problem.message);
    return null;
  }
}

const acts = {
  press: (message, row, column) => act("press", { message_id: message.id, row, column }),
  edit: (message) => composer.beginEdit(message),
  command: (text) => act("send", { text }),
  start: (code) => act("start", { code }),
  botName: () => state.bot.username,
  deepLink: (address) => {
    const found = /^(?:https?:\/\/)?t\.me\/(\w+)\?start=([\w-]{1,64})$/.exec(address);
    return found && found[1] === state.bot.username ? found[2] : null;
  },
};

const chat = new ChatView($("log"), acts);
const composer = new Composer(act);
const room = new Room({
  choose,
  plug: (action) => act("plug", { action }),
  moveClock: async (move) => {
    const moved = await act("clock", move);
    if (moved) toasts.show(t("clockMoved", { t: momentText(new Date(moved.now)) }));
  },
});

function choose(name) {
  person = name;
  history.replaceState(null, "", `#${encodeURIComponent(name)}`);
  composer.reset();
  toasts.clear();
  refresh();
}

// One request at a time; what happens meanwhile leads to one more.
async function refresh() {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  do {
    again = false;
    const asked = person;
    try {
      const found = await getState(asked, document.visibilityState === "visible");
      if (asked === person) {
        state = found;
        draw();
      }
    } catch {
      showLost(true);
    }
    again ||= asked !== person;
  } while (again);
  loading = false;
}

function draw() {
  const open = openInvites(state.chat);
  room.draw(state, person);
  drawBar();
  const greeting = state.chat.messages.length ? "" : state.bot.description || t("emptyText");
  chat.draw(state.chat, { showDeleted: $("show-deleted").checked, invites: open, greeting });
  composer.draw(state.chat, open);
  toasts.draw(person, state.chat.toasts);
  $("block").textContent = t(state.chat.blocked ? "unblock" : "block");
  $("block").disabled = !state.chat.started;
}

function drawBar() {
  $("bot-name").textContent = state.bot.name;
  const words = state.chat.typing ? t("typing") : t(`status.${botState(state.bot)}`);
  if ($("bot-status").textContent !== words) $("bot-status").textContent = words;
  $("bot-status").classList.toggle("typing", state.chat.typing);
  $("whose").textContent = t("whose", { name: personName(person) });
}

// Invitations whose link this person has not followed yet
function openInvites(shown) {
  const followed = new Set(shown.messages.filter((one) => !one.from_bot).map((one) => one.text));
  return shown.invites.filter((code) => !followed.has(`/start ${code}`));
}

function showLost(lost) {
  document.body.classList.toggle("lost", lost);
  $("bot-status").textContent = lost ? t("lost") : $("bot-status").textContent;
}

function redraw() {
  room.words();
  chat.forget(null);
  composer.words();
  if (state) draw();
}

$("show-deleted").checked = localStorage.getItem("eftertanke-deleted") !== "no";
$("show-deleted").addEventListener("change", (event) => {
  localStorage.setItem("eftertanke-deleted", event.target.checked ? "yes" : "no");
  draw();
});
$("language").addEventListener("click", () => {
  toggleLanguage();
  redraw();
});
$("block").addEventListener("click", () => act(state.chat.blocked ? "unblock" : "block"));
$("down").addEventListener("click", () => chat.toEnd());
$("log").addEventListener("scroll", () => {
  $("down").hidden = chat.atEnd();
});
document.addEventListener("visibilitychange", refresh);
addEventListener("resize", () => {
  if ($("down").hidden) chat.toEnd(true);
});

await loadWords();
redraw();
await refresh();
listen(refresh, (lost) => {
  showLost(lost);
  if (!lost) refresh();
});
setInterval(() => {
  if (state?.chat.typing || state?.chat.waiting.length || (state && botState(state.bot) === "starting")) refresh();
}, 1500);
