// A message's text as DOM nodes, built from its entities. Text becomes text nodes only, so nothing in it can be markup.

import { t } from "./words.js";

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};
const SAFE_LINK = /^(https?:|mailto:|tel:)/i;

// `links` says what a tap on a command or on one of our own deep links does.
export function textNodes(text, entities, links) {
  const known = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return build(text, 0, text.length, known, links);
}

// Offsets are UTF-16 code units, which is what JavaScript's strings count.
function build(text, begin, end, entities, links) {
  const nodes = [];
  let at = begin;
  let rest = entities;
  while (rest.length) {
    const [entity, ...others] = rest;
    const from = Math.max(entity.offset, at);
    const to = Math.min(entity.offset + entity.length, end);
    const inside = others.filter((other) => other.offset < to);
    rest = others.filter((other) => other.offset >= to);
    if (to <= from) continue;
    if (from > at) nodes.push(document.createTextNode(text.slice(at, from)));
    const element = elementFor(entity, text.slice(from, to), links);
    element.append(...build(text, from, to, inside, links));
    nodes.push(element);
    at = to;
  }
  if (at < end) nodes.push(document.createTextNode(text.slice(at, end)));
  return nodes;
}

function elementFor(entity, text, links) {
  if (entity.type === "bot_command") return tappable(() => links.command(text));
  if (entity.type === "url" || entity.type === "text_link") return link(entity.url ?? text, links);
  if (entity.type === "spoiler") return spoiler();
  return document.createElement(TAGS[entity.type] ?? "span");
}

function tappable(act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.addEventListener("click", act);
  return button;
}

function link(address, links) {
  const code = links.deepLink(address);
  if (code !== null) return tappable(() => links.start(code));
  if (!SAFE_LINK.test(address)) return document.createElement("span");
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
  return anchor;
}

function spoiler() {
  const button = tappable(() => {
    button.classList.add("open");
    button.removeAttribute("aria-label");
  });
  button.className = "spoiler";
  button.setAttribute("aria-label", t("spoiler"));
  return button;
}
