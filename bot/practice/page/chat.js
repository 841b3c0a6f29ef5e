// The conversation: messages as DOM, kept in step with the state without redrawing what did not change.

import { fileAddress } from "./phone.js";
import { textNodes } from "./text.js";
import { dayKey, dayText, sizeText, t, timeText } from "./words.js";

export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export class ChatView {
  // `acts` has press, edit, command, start, deepLink
  constructor(log, acts) {
    this.log = log;
    this.acts = acts;
    this.drawn = new Map();
    this.chatId = null;
  }

  draw(chat, { showDeleted, invites, greeting }) {
    const fresh = chat.id !== this.chatId;
    const wasAtEnd = fresh || this.atEnd();
    const focus = this.focusedMessage();
    if (fresh) this.forget(chat.id);
    this.log.classList.toggle("fresh", Boolean(greeting));
    const wanted = this.items(chat, showDeleted, greeting ? invites : []);
    if (greeting) wanted.unshift({ key: `greeting-${greeting}`, build: () => greetingCard(greeting) });
    const keys = new Set(wanted.map((item) => item.key));
    for (const [key, element] of this.drawn) {
      if (keys.has(key)) continue;
      element.remove();
      this.drawn.delete(key);
    }
    let before = this.log.firstChild;
    for (const { key, build } of wanted) {
      let element = this.drawn.get(key);
      if (!element) {
        element = build();
        this.drawn.set(key, element);
        if (fresh) element.classList.add("still");
      }
      if (element === before) before = before.nextSibling;
      else this.log.insertBefore(element, before);
    }
    this.markWaiting(chat.waiting);
    if (wasAtEnd) this.toEnd(true);
    this.giveFocusBack(focus);
  }

  forget(chatId) {
    this.chatId = chatId;
    this.drawn.clear();
    this.log.replaceChildren();
  }

  items(chat, showDeleted, invites) {
    const items = [];
    if (chat.earlier) {
      items.push({ key: `earlier-${chat.earlier}`, build: () => make("p", "note", t("earlier", { n: chat.earlier })) });
    }
    let day = "";
    let gone = [];
    const flush = () => {
      if (gone.length && showDeleted) {
        const run = gone;
        items.push({ key: `gone-${run.map((one) => one.id).join("-")}`, build: () => deletedLine(run) });
      }
      gone = [];
    };
    for (const message of chat.messages) {
      const date = new Date(message.date);
      if (dayKey(date) !== day) {
        flush();
        day = dayKey(date);
        items.push({ key: `day-${day}`, build: () => make("p", "note day", make("span", "", dayText(date))) });
      }
      if (message.deleted) gone.push(message);
      else {
        flush();
        items.push({ key: `m-${message.id}-${message.revision}`, build: () => this.message(message) });
      }
    }
    flush();
    for (const code of invites) items.push({ key: `invite-${code}`, build: () => this.invite(code) });
    return items;
  }

  message(message) {
    const element = make("article", `message ${message.from_bot ? "bot" : "own"} ${message.kind}`);
    element.dataset.id = message.id;
    const bubble = make("div", "bubble");
    bubble.append(make("span", "hidden", message.from_bot ? "Eftertanke: " : `${t("me")}: `));
    if (message.forwarded) bubble.append(make("p", "forwarded", t("forwarded")));
    if (message.file) bubble.append(fileView(message));
    if (message.text) {
      const text = make("div", "text", ...textNodes(message.text, message.entities, this.acts));
      text.dir = "auto";
      bubble.append(text);
    }
    bubble.append(this.foot(message));
    element.append(bubble);
    if (message.buttons.length) element.append(this.keyboard(message));
    return element;
  }

  foot(message) {
    const foot = make("div", "foot");
    if (!message.from_bot && message.kind === "text" && !message.forwarded) {
      const pencil = make("button", "pencil", "✎");
      pencil.type = "button";
      pencil.setAttribute("aria-label", t("edit"));
      pencil.title = t("edit");
      pencil.addEventListener("click", () => this.acts.edit(message));
      foot.append(pencil);
    }
    // A card that is edited in place all the time says so for nothing.
    if (message.edited && !message.from_bot) foot.append(make("span", "", t("edited")));
    const time = make("time", "", timeText(new Date(message.date)));
    time.dateTime = message.date;
    foot.append(time);
    return foot;
  }

  keyboard(message) {
    const rows = message.buttons.map((row, rowNumber) =>
      make("div", "keys-row", ...row.map((button, column) => this.key(message, button, rowNumber, column))));
    const keyboard = make("div", "keyboard", ...rows);
    keyboard.setAttribute("role", "group");
    keyboard.setAttribute("aria-label", t("choices"));
    return keyboard;
  }

  key(message, button, row, column) {
    if (button.url && /^https?:/i.test(button.url) && this.acts.deepLink(button.url) === null) {
      const anchor = make("a", "key", button.text);
      anchor.href = button.url;
      anchor.target = "_blank";
      anchor.rel = "noopener noreferrer";
      return anchor;
    }
    const element = make("button", "key", make("span", "", button.text));
    element.type = "button";
    element.addEventListener("click", () => {
      const code = button.url ? this.acts.deepLink(button.url) : null;
      if (code !== null) this.acts.start(code);
      else {
        element.classList.add("pressed");
        this.acts.press(message, row, column);
      }
    });
    return element;
  }

  invite(code) {
    const button = make("button", "key", t("inviteOpen"));
    button.type = "button";
    button.addEventListener("click", () => this.acts.start(code));
    const address = make("p", "address", `t.me/${this.acts.botName()}?start=${code}`);
    return make("div", "card invite-card", make("h3", "", t("inviteTitle")), make("p", "", t("inviteText")), address, button);
  }

  markWaiting(ids) {
    for (const element of this.log.querySelectorAll(".message.bot")) {
      const busy = ids.includes(Number(element.dataset.id));
      element.classList.toggle("busy", busy);
      if (!busy) for (const key of element.querySelectorAll(".pressed")) key.classList.remove("pressed");
    }
  }

  // A card that is edited in place, or sent anew below, must not throw a keyboard user back to the top of the page.
  focusedMessage() {
    const focused = document.activeElement;
    return focused && this.log.contains(focused) && focused !== this.log ? focused : null;
  }

  giveFocusBack(focused) {
    if (!focused || focused.isConnected) return;
    const live = [...this.log.querySelectorAll(".message.bot .keyboard")].at(-1);
    const target = live?.querySelector(".key") ?? document.getElementById("text");
    target?.focus({ preventScroll: true });
  }

  atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
  }

  toEnd(atOnce = false) {
    const calm = atOnce || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: calm ? "instant" : "smooth" });
  }
}

function greetingCard(words) {
  return make("div", "card", make("h3", "", t("emptyTitle")), make("p", "", words));
}

function deletedLine(messages) {
  const words = messages.length === 1 ? t("deleted") : t("deletedMany", { n: messages.length });
  const line = make("p", "note deleted", words);
  line.title = timeText(new Date(messages.at(-1).deleted));
  return line;
}

function fileView(message) {
  const address = fileAddress(message.file);
  if (message.kind === "photo" || message.kind === "sticker") {
    const picture = make("img", "picture");
    picture.src = address;
    picture.alt = t(message.kind);
    if (message.file.width) {
      picture.width = message.file.width;
      picture.height = message.file.height;
    }
    if (message.kind === "sticker") return picture;
    const large = make("a", "picture-link", picture);
    large.href = address;
    inNewTab(large);
    large.setAttribute("aria-label", t("photoOpen", { name: message.file.name }));
    return large;
  }
  if (message.kind === "voice") return make("p", "voice", "🎤 ", t("voice"), " 0:03");
  return /\.html?$/i.test(message.file.name) ? pageLinks(message.file, address) : saveLink(message.file, address);
}

// A page can be read at once, and kept as well; the server lets no script of it run.
function pageLinks(file, address) {
  const open = fileLink(file, address, "↗", "open");
  inNewTab(open);
  const save = make("a", "file-save", t("save"));
  save.href = address;
  save.download = file.name;
  save.setAttribute("aria-label", t("download", { name: file.name, size: sizeText(file.size) }));
  return make("div", "file", open, save);
}

function saveLink(file, address) {
  const anchor = fileLink(file, address, "↓", "download");
  anchor.download = file.name;
  return anchor;
}

function fileLink(file, address, sign, word) {
  const size = sizeText(file.size);
  const anchor = make("a", "file-link", make("span", "sheet", sign), make("span", "", make("b", "", file.name), make("br"), size));
  anchor.href = address;
  anchor.setAttribute("aria-label", t(word, { name: file.name, size }));
  return anchor;
}

function inNewTab(anchor) {
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
}
