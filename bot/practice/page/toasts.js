// Answers to taps: a notice that goes by itself, or an alert that must be closed.

import { make } from "./chat.js";

const SECONDS = 4;

export class Toasts {
  constructor() {
    this.place = document.getElementById("toasts");
    this.dialog = document.getElementById("alert");
    this.seen = new Map();
  }

  // Shows what came since last time; what was there at the first look is old.
  draw(person, toasts) {
    const newest = toasts.at(-1)?.number ?? 0;
    const seen = this.seen.get(person);
    this.seen.set(person, newest);
    if (seen === undefined) return;
    for (const toast of toasts) {
      if (toast.number <= seen) continue;
      if (toast.alert) this.alert(toast.text);
      else this.show(toast.text);
    }
  }

  show(text) {
    const toast = make("p", "toast", text);
    this.place.append(toast);
    setTimeout(() => toast.remove(), SECONDS * 1000);
  }

  alert(text) {
    document.getElementById("alert-text").textContent = text;
    if (!this.dialog.open) this.dialog.showModal();
  }

  clear() {
    this.place.replaceChildren();
  }
}
