// Everything around the phone: whose phone it is, the clock, the plug.

import { make } from "./chat.js";
import { dayText, durationText, inputText, momentText, personName, t, timeText } from "./words.js";

const $ = (id) => document.getElementById(id);
const HOUR = 3600;
const STEPS = [
  ["clock.hour", { seconds: HOUR }],
  ["clock.day", { seconds: 24 * HOUR }],
  ["clock.days3", { seconds: 72 * HOUR }],
  ["clock.week", { seconds: 168 * HOUR }],
  ["clock.monday", { to: "monday", hour: 8 }],
];

export class Room {
  // `acts` has choose, moveClock, plug
  constructor(acts) {
    this.acts = acts;
    this.skew = 0;
    this.offset = 0;
    this.peopleKey = "";
    $("clock-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.acts.moveClock({ to: $("clock-to").value });
    });
    $("plug-button").addEventListener("click", () => this.acts.plug($("plug-button").dataset.action));
    $("room-open").addEventListener("click", () => this.open(true));
    $("room-close").addEventListener("click", () => this.open(false));
    $("room").addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.open(false);
    });
    this.narrow = matchMedia("(max-width: 859px)");
    this.narrow.addEventListener("change", () => this.open(false));
    this.open(false);
    setInterval(() => this.tick(), 1000);
  }

  open(wide) {
    const room = $("room");
    const was = room.classList.contains("open");
    room.classList.toggle("open", wide);
    room.inert = this.narrow.matches && !wide;
    $("room-open").setAttribute("aria-expanded", String(wide));
    document.querySelector(".phone").inert = this.narrow.matches && wide;
    if (wide) $("room-close").focus();
    else if (was && this.narrow.matches) $("room-open").focus();
  }

  draw(state, person) {
    this.skew = new Date(state.clock.now) - Date.now();
    this.offset = state.clock.offset;
    this.drawPeople(state.people, person);
    this.drawPlug(state.bot);
    this.tick(true);
  }

  words() {
    this.peopleKey = "";
    $("clock-keys").replaceChildren(...STEPS.map(([word, move]) => {
      const button = make("button", "", t(word));
      button.type = "button";
      button.addEventListener("click", () => this.acts.moveClock(move));
      return button;
    }));
    $("language").textContent = t("language");
    $("language").lang = t("language") === "In English" ? "en" : "da";
  }

  now() {
    return new Date(Date.now() + this.skew);
  }

  tick(force = false) {
    const now = this.now();
    const text = momentText(now);
    if (!force && text === this.shown) return;
    this.shown = text;
    $("clock-text").textContent = text.charAt(0).toUpperCase() + text.slice(1);
    $("clock-weekday").textContent = dayText(now, true);
    $("clock-time").textContent = timeText(now);
    $("status-time").textContent = timeText(now);
    $("clock-ahead").textContent = this.offset < 1 ? t("clockSame") : t("clockAhead", { d: durationText(this.offset) });
    $("clock-to").min = inputText(now);
    if (document.activeElement !== $("clock-to") && $("clock-to").value < inputText(now)) $("clock-to").value = inputText(new Date(+now + HOUR * 1000));
  }

  drawPeople(people, chosen) {
    const key = JSON.stringify([people, chosen]);
    if (key === this.peopleKey) return;
    this.peopleKey = key;
    const held = document.activeElement?.dataset?.person;
    $("people").replaceChildren(...people.map((person) => this.person(person, person.name === chosen)));
    if (held) $("people").querySelector(`[data-person="${held}"]`)?.focus();
  }

  person(person, chosen) {
    const name = personName(person.name);
    const face = make("span", `face face-${person.id % 10}`, name.replace(/^(En|A) /, "").charAt(0).toUpperCase());
    face.setAttribute("aria-hidden", "true");
    const button = make("button", "person", face, make("span", "names", make("b", "", name), " ", make("small", "", t(`role.${person.role}`))));
    if (person.unread && !chosen) {
      const mark = make("span", "unread", String(person.unread));
      mark.setAttribute("aria-label", t("unread", { n: person.unread }));
      button.append(mark);
    }
    button.type = "button";
    button.dataset.person = person.name;
    if (chosen) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => this.acts.choose(person.name));
    return make("li", "", button);
  }

  drawPlug(bot) {
    const state = botState(bot);
    const running = state === "on" || state === "starting";
    document.body.dataset.bot = state;
    $("plug").hidden = state === "none";
    const words = t(`bot.${state}`, { code: bot.exit_code ?? "?", log: bot.log });
    if ($("plug-text").textContent !== words) $("plug-text").textContent = words;
    $("plug-button").textContent = running ? t("plugOut") : t("plugIn");
    $("plug-button").dataset.action = running ? "kill" : "start";
    $("plug-button").classList.toggle("danger", running);
  }
}

// A bot that runs but has not asked for updates since it was started is still starting.
export function botState(bot) {
  if (bot.state === "none") return bot.polls ? "on" : "none";
  return bot.state === "on" && !bot.listening ? "starting" : bot.state;
}
