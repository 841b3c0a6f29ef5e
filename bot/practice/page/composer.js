// The foot of the phone: writing, editing, the command menu, sending other things, START.

import { make } from "./chat.js";
import { t } from "./words.js";

const $ = (id) => document.getElementById(id);
const KINDS = ["photo", "sticker", "voice", "document", "forward"];

export class Composer {
  constructor(act) {
    this.act = act;
    this.editing = null;
    this.commands = [];
    this.invites = [];
    this.menuKey = "";
    $("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    $("text").addEventListener("keydown", (event) => this.key(event));
    $("text").addEventListener("input", () => this.typed());
    $("menu-button").addEventListener("click", () => this.toggle("menu"));
    $("attach-button").addEventListener("click", () => this.toggle("attach"));
    $("edit-cancel").addEventListener("click", () => this.endEdit());
    $("start").addEventListener("click", () => this.act("start", {}));
    $("unblock").addEventListener("click", () => this.act("unblock"));
    $("invite-row").addEventListener("click", () => this.act("start", { code: this.invites[0] }));
    for (const name of ["menu", "attach"]) $(name).addEventListener("keydown", (event) => this.popupKey(event, name));
    document.addEventListener("click", (event) => {
      if (!$("composer").contains(event.target)) this.close();
    });
  }

  words() {
    this.menuKey = "";
    $("attach").replaceChildren(...KINDS.map((kind) => this.item(t(`attach.${kind}`), "", () => {
      const caption = kind === "forward" ? t("forwardText") : "";
      this.act("attach", { kind, caption });
    })));
    $("invite-row").textContent = t("inviteRow");
  }

  draw(chat, invites) {
    this.invites = invites;
    const empty = !chat.messages.length;
    const canWrite = !empty && !chat.blocked;
    const held = $("composer").contains(document.activeElement);
    $("form").hidden = !canWrite;
    $("start").hidden = !empty || chat.blocked;
    $("unblock").hidden = !chat.blocked;
    $("invite-row").hidden = !canWrite || !invites.length;
    if (!canWrite) this.close();
    if (this.editing && !chat.messages.some((one) => one.id === this.editing.id && !one.deleted)) this.endEdit();
    this.drawMenu(chat.menu);
    // The button that was just pressed may be gone: go on from where one writes.
    if (held && !document.activeElement?.offsetParent) (canWrite ? $("text") : $("unblock")).focus();
  }

  drawMenu(commands) {
    this.commands = commands;
    const typed = $("text").value;
    const prefix = typed.startsWith("/") ? typed.slice(1).toLowerCase() : "";
    const key = JSON.stringify([commands, prefix]);
    if (key === this.menuKey) return;
    this.menuKey = key;
    const fitting = commands.filter((one) => one.command.startsWith(prefix));
    const items = fitting.map((one) => this.item(`/${one.command}`, one.description, () => {
      if ($("text").value.startsWith("/")) this.setText("");
      this.act("send", { text: `/${one.command}` });
    }));
    $("menu").replaceChildren(...(commands.length ? items : [make("li", "none", t("noMenu"))]));
    if (commands.length && !items.length) $("menu").hidden = true;
  }

  item(title, text, then) {
    const button = make("button", "", make("b", "", title), text ? make("span", "", text) : null);
    button.type = "button";
    button.addEventListener("click", () => {
      this.close();
      then();
      $("text").focus();
    });
    return make("li", "", button);
  }

  async submit() {
    const text = $("text").value.trim();
    if (!text) return;
    const done = this.editing
      ? await this.act("edit", { message_id: this.editing.id, text })
      : await this.act("send", { text });
    if (!done) return;
    if (this.editing) this.endEdit();
    this.setText("");
    this.close();
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") {
      if (this.close()) return;
      if (this.editing) this.endEdit();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !$("menu").hidden) {
      event.preventDefault();
      const buttons = [...$("menu").querySelectorAll("button")];
      buttons.at(event.key === "ArrowUp" ? -1 : 0)?.focus();
    }
  }

  popupKey(event, name) {
    if (event.key === "Escape") {
      this.close();
      $(`${name}-button`).focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...$(name).querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  }

  typed() {
    const field = $("text");
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 140)}px`;
    const commanding = /^\/\w*$/.test(field.value) && !this.editing;
    this.drawMenu(this.commands);
    this.show("menu", commanding && $("menu").querySelector("button") !== null);
  }

  setText(text) {
    $("text").value = text;
    this.typed();
  }

  toggle(name) {
    const wanted = $(name).hidden;
    this.close();
    this.show(name, wanted);
    if (wanted) $(name).querySelector("button")?.focus();
  }

  show(name, visible) {
    $(name).hidden = !visible;
    $(`${name}-button`).setAttribute("aria-expanded", String(visible));
  }

  close() {
    const open = !$("menu").hidden || !$("attach").hidden;
    this.show("menu", false);
    this.show("attach", false);
    return open;
  }

  beginEdit(message) {
    this.editing = message;
    $("editing").hidden = false;
    this.setText(message.text);
    $("text").focus();
  }

  endEdit() {
    this.editing = null;
    $("editing").hidden = true;
    this.setText("");
    $("text").focus();
  }

  reset() {
    this.editing = null;
    $("editing").hidden = true;
    this.setText("");
    this.close();
  }
}
