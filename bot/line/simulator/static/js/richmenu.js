// The rich menu of a chat: a bar that opens and closes a picture with tappable areas.

import { h, icon } from "./dom.js";
import { t } from "./texts.js";

const share = (part, whole) => `${(part / whole) * 100}%`;

function area({ bounds, action }, size, act) {
  const label = action.label ?? action.displayText ?? action.text ?? action.uri ?? action.type;
  const style = { left: share(bounds.x, size.width), top: share(bounds.y, size.height), width: share(bounds.width, size.width), height: share(bounds.height, size.height) };
  return h("button", { type: "button", class: "menu-area", "aria-label": label, title: label, style, onclick: () => act(action) });
}

export function renderRichMenu(menu, { open, toggle, act }) {
  const { size, areas, chatBarText, name } = menu.content;
  const bar = h("button", { type: "button", class: "menu-bar", "aria-expanded": String(open), onclick: toggle }, chatBarText, icon("down"));
  if (!open) return h("nav", { class: "rich-menu", "aria-label": t("rich_menu") }, bar);
  const picture = h("img", { src: `/_simulator/menus/${menu.rich_menu_id}/picture`, alt: name, draggable: "false" });
  const frame = h("div", { class: "menu-picture", style: { aspectRatio: `${size.width} / ${size.height}` } }, picture, areas.map((one) => area(one, size, act)));
  return h("nav", { class: "rich-menu", "aria-label": t("rich_menu") }, bar, frame);
}
