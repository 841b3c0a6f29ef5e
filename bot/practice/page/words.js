// Words and dates in the chosen language. All words are data in strings.json.

const ZONE = "Europe/Copenhagen";
let all = {};
let language = "da";

export async function loadWords() {
  all = await (await fetch("strings.json")).json();
  language = localStorage.getItem("eftertanke-language") === "en" ? "en" : "da";
  applyWords();
}

export function toggleLanguage() {
  language = language === "da" ? "en" : "da";
  localStorage.setItem("eftertanke-language", language);
  applyWords();
}

export function t(key, values = {}) {
  const text = all[language]?.[key] ?? all.da?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function hasWord(key) {
  return key in (all[language] ?? {});
}

function applyWords() {
  document.documentElement.lang = language;
  document.title = t("title");
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-t-label]"))
    element.setAttribute("aria-label", t(element.dataset.tLabel));
  for (const element of document.querySelectorAll("[data-t-hint]"))
    element.setAttribute("placeholder", t(element.dataset.tHint));
}

function parts(date, options) {
  const locale = language === "da" ? "da-DK" : "en-GB";
  const found = new Intl.DateTimeFormat(locale, { timeZone: ZONE, ...options }).formatToParts(date);
  return Object.fromEntries(found.map((part) => [part.type, part.value]));
}

// "14.05" in Danish, "14:05" in English
export function timeText(date) {
  const { hour, minute } = parts(date, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return language === "da" ? `${hour}.${minute}` : `${hour}:${minute}`;
}

// "søndag 22. november"
export function dayText(date, short = false) {
  const form = short ? "short" : "long";
  const { weekday, day, month } = parts(date, { weekday: form, day: "numeric", month: form });
  if (short) return weekday.replace(/\.?$/, language === "da" ? "." : "");
  return language === "da" ? `${weekday} ${day}. ${month}` : `${weekday} ${day} ${month}`;
}

export function momentText(date) {
  return t("at", { day: dayText(date), time: timeText(date) });
}

export function dayKey(date) {
  const { year, month, day } = parts(date, { year: "numeric", month: "2-digit", day: "2-digit" });
  return `${year}-${month}-${day}`;
}

// What an <input type="datetime-local"> holds, on Danish clocks
export function inputText(date) {
  const { hour, minute } = parts(date, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return `${dayKey(date)}T${hour}:${minute}`;
}

export function durationText(seconds) {
  const whole = Math.round(seconds / 60);
  const days = Math.floor(whole / 1440);
  const hours = Math.floor((whole % 1440) / 60);
  const minutes = whole % 60;
  const said = [];
  if (days) said.push(days === 1 ? t("day") : t("days", { n: days }));
  if (hours) said.push(t("hours", { n: hours }));
  if (minutes && !days) said.push(t("minutes", { n: minutes }));
  if (!said.length) return t("minutes", { n: 0 });
  return said.length === 2 ? t("and", { a: said[0], b: said[1] }) : said[0];
}

export function sizeText(bytes) {
  return bytes < 1024 ? `${bytes} B` : `${Math.round(bytes / 1024)} kB`;
}

export function personName(name) {
  return hasWord(`name.${name}`) ? t(`name.${name}`) : name;
}
