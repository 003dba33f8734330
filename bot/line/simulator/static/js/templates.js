// Template messages: buttons, confirm, carousel, image carousel.

import { carousel, h } from "./dom.js";

export function renderTemplate(template, act) {
  switch (template.type) {
    case "buttons":
      return card(template, act);
    case "confirm":
      return h("div", { class: "template confirm" }, h("p", { class: "template-text" }, template.text), actions(template.actions, act));
    case "carousel":
      return carousel(template.columns.map((column) => card(column, act)));
    case "image_carousel":
      return carousel(template.columns.map((column) => picture(column, act)));
    default:
      return null;
  }
}

function card({ thumbnailImageUrl, title, text, actions: buttons }, act) {
  return h(
    "div",
    { class: "template" },
    thumbnailImageUrl ? h("img", { class: "template-image", src: thumbnailImageUrl, alt: "", loading: "lazy" }) : null,
    title ? h("p", { class: "template-title" }, title) : null,
    h("p", { class: "template-text" }, text),
    actions(buttons, act),
  );
}

function actions(buttons, act) {
  return h("div", { class: "template-actions" }, buttons.map((action) => h("button", { type: "button", onclick: () => act(action) }, action.label ?? "")));
}

function picture({ imageUrl, action }, act) {
  return h(
    "button",
    { type: "button", class: "template picture", onclick: () => act(action) },
    h("img", { class: "template-image", src: imageUrl, alt: action.label ?? "", loading: "lazy" }),
    action.label ? h("span", { class: "picture-label" }, action.label) : null,
  );
}
