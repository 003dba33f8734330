// Building elements. Text always goes in as text, never as markup.

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "open", "selected"]);

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style" && typeof value === "object") setStyle(element, value);
    else if (PROPERTIES.has(name)) element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function setStyle(element, style) {
  for (const [name, value] of Object.entries(style)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith("--")) element.style.setProperty(name, value);
    else element.style[name] = value;
  }
}

const ICONS = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  send: "M4 12l16-8-6 16-3-6-7-2z",
  more: "M12 5.500v.01M12 12v.01M12 18.500v.01",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M9 9v.01",
  sticker: "M12 3a9 9 0 1 0 9 9c-5 0-9-4-9-9zM8.500 11v.01M8 15c1.500 1.500 4 1.800 6 .5",
  location: "M12 21s7-6.300 7-11a7 7 0 1 0-14 0c0 4.700 7 11 7 11zM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  raw: "M8 7l-5 5 5 5M16 7l5 5-5 5M13.500 5l-3 14",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20c.8-3.600 3.800-5.500 7.500-5.500s6.700 1.900 7.500 5.500",
  shop: "M4 9l1.500-5h13L20 9M4 9v11h16V9M4 9h16M9 20v-6h6v6",
  guide: "M5 4h11l3 3v13H5zM9 10h6M9 14h6",
  attach: "M20 11.500l-8 8a5 5 0 0 1-7-7l8.500-8.500a3.300 3.300 0 0 1 4.700 4.700L9.700 17.200a1.700 1.700 0 0 1-2.400-2.400l7.700-7.700",
  down: "M6 9.500l6 6 6-6",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  check: "M5 12.500l4.500 4.500L19 7.500",
  reply: "M10 7L4 12l6 5v-3.500c5 0 8 1 10 4.500-.5-5-3.500-8-10-8.500z",
  group: "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 19c.6-3 3.200-4.800 6.500-4.800s5.900 1.800 6.500 4.800M16 4.500a3.500 3.500 0 0 1 0 6.500M18 14.500c2 .7 3.200 2.200 3.600 4.500",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, onclick, extra = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...extra }, icon(name));
}

const HUES = ["#5b8def", "#f2994a", "#9b6dd7", "#eb5f7b", "#2d9cdb", "#c08a3e", "#3aa981", "#7a7fd0"];
const SHOP_HUES = ["#0f9d6b", "#d9662b", "#3f51b5", "#b03a6f", "#00838f", "#8d6e3f", "#5e35b1", "#546e7a"];

// `place` chooses the colour, so that neighbours differ.
export function avatar(name, { shop = false, picture = null, place = 0 } = {}) {
  const hue = (shop ? SHOP_HUES : HUES)[place % HUES.length];
  const initial = [...name.trim()][0] ?? "?";
  const inside = picture ? h("img", { src: picture, alt: "" }) : initial;
  return h("span", { class: "avatar", style: { background: hue }, "aria-hidden": "true" }, inside);
}

// A row that can be wiped, or turned with buttons where there is a mouse.
export function carousel(cards) {
  const row = h("div", { class: "carousel", tabindex: "0", role: "group" }, cards);
  const turn = (direction) => () => row.scrollBy({ left: direction * 240, behavior: "smooth" });
  const button = (name, direction) => h("button", { type: "button", class: `turn ${name}`, "aria-hidden": "true", tabindex: "-1", onclick: turn(direction) }, icon("back"));
  return h("div", { class: "carousel-frame" }, row, button("before", -1), button("next", 1));
}

export function linked(text) {
  // Splits a text into plain parts and links, as LINE shows them.
  return text.split(/(https?:\/\/[^\s<>"'，。、）)]+)/g).map((part, place) =>
    place % 2 ? h("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part) : part,
  );
}
