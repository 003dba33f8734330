// Flex Messages: bubbles and carousels. Sizes follow LINE's "Flex Message layout".

import { carousel, h, setStyle } from "./dom.js";

const TEXT = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const GAP = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const RADIUS = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const BORDER = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
const BUBBLE = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 386 };
const IMAGE = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220 };
const ALONG = { start: "flex-start", center: "center", end: "flex-end", top: "flex-start", bottom: "flex-end" };
const LENGTH = /^-?\d+(\.\d+)?(px|%)$/;
const COLOUR = /^#[0-9a-fA-F]{3,8}$/;

const pick = (table, value) => (value in table ? `${table[value]}px` : LENGTH.test(value ?? "") ? value : null);
const colour = (value) => (COLOUR.test(value ?? "") ? value : null);

export function renderFlex(container, act) {
  if (container.type === "carousel") {
    return carousel(container.contents.map((bubble) => renderBubble(bubble, act)));
  }
  return renderBubble(container, act);
}

function renderBubble(bubble, act) {
  const styles = bubble.styles ?? {};
  const parts = ["header", "hero", "body", "footer"].filter((part) => bubble[part]).map((part) => {
    const style = styles[part] ?? {};
    const block = h("div", { class: `flex-${part}`, style: { background: colour(style.backgroundColor) } }, component(bubble[part], "vertical", act, part));
    if (style.separator) block.style.borderTop = `1px solid ${colour(style.separatorColor) ?? "#e5e7eb"}`;
    return block;
  });
  const card = h("div", { class: "flex-bubble", dir: bubble.direction ?? "ltr", style: { width: `${BUBBLE[bubble.size ?? "mega"]}px` } }, parts);
  return tappable(card, bubble.action, act);
}

function tappable(element, action, act) {
  if (!action) return element;
  element.classList.add("tappable");
  element.setAttribute("role", "button");
  element.tabIndex = 0;
  if (action.label) element.setAttribute("aria-label", action.label);
  const run = (event) => {
    event.stopPropagation();
    act(action);
  };
  element.addEventListener("click", run);
  element.addEventListener("keydown", (event) => (event.key === "Enter" ? run(event) : null));
  return element;
}

function component(part, layout, act, block = null) {
  const make = { box, text, button, image, icon: image, video, separator, filler, spacer: filler }[part.type];
  if (!make) return h("span");
  const element = make(part, layout, act, block);
  place(element, part, layout);
  return part.type === "button" ? element : tappable(element, part.action, act);
}

function place(element, part, layout) {
  const row = layout !== "vertical";
  const margin = pick(GAP, part.margin);
  if (margin) element.style[row ? "marginLeft" : "marginTop"] = margin;
  if (part.type === "separator") return;
  const grows = row && part.type !== "icon" ? 1 : 0;
  const flex = part.flex ?? (part.type === "filler" ? 1 : part.width && row ? 0 : grows);
  element.style.flex = flex > 0 ? `${flex} 1 0` : "0 0 auto";
  if (row) element.style.minWidth = flex > 0 ? "0" : null;
  if (part.gravity) element.style.alignSelf = row ? ALONG[part.gravity] : null;
  if (part.position === "absolute") element.style.position = "absolute";
  const offsets = { offsetTop: "top", offsetBottom: "bottom", offsetStart: "left", offsetEnd: "right" };
  for (const [name, side] of Object.entries(offsets)) {
    const length = pick(GAP, part[name]);
    if (length) {
      element.style.position ||= "relative";
      element.style[side] = length;
    }
  }
}

const PADDING = { header: "20px", body: "20px", footer: "10px" };

function box(part, _layout, act, block) {
  const element = h("div", { class: `flex-box flex-${part.layout}` }, (part.contents ?? []).map((inner) => component(inner, part.layout, act)));
  setStyle(element, {
    padding: pick(GAP, part.paddingAll) ?? PADDING[block],
    paddingTop: pick(GAP, part.paddingTop),
    paddingBottom: pick(GAP, part.paddingBottom),
    paddingLeft: pick(GAP, part.paddingStart),
    paddingRight: pick(GAP, part.paddingEnd),
    gap: pick(GAP, part.spacing),
    background: colour(part.backgroundColor) ?? gradient(part.background),
    borderRadius: pick(RADIUS, part.cornerRadius),
    width: pick({}, part.width),
    height: pick({}, part.height),
    maxWidth: pick({}, part.maxWidth),
    maxHeight: pick({}, part.maxHeight),
    justifyContent: ALONG[part.justifyContent] ?? part.justifyContent,
    alignItems: ALONG[part.alignItems] ?? null,
  });
  const border = pick(BORDER, part.borderWidth);
  if (border) element.style.border = `${border} solid ${colour(part.borderColor) ?? "#d1d5db"}`;
  return element;
}

function gradient(background) {
  if (background?.type !== "linearGradient") return null;
  const angle = /^\d+(\.\d+)?deg$/.test(background.angle) ? background.angle : "0deg";
  const stops = [background.startColor, background.centerColor, background.endColor].map(colour).filter(Boolean);
  return stops.length > 1 ? `linear-gradient(${angle}, ${stops.join(", ")})` : null;
}

function wordStyle(part) {
  return {
    fontSize: pick(TEXT, part.size),
    fontWeight: part.weight === "bold" ? "700" : null,
    fontStyle: part.style === "italic" ? "italic" : null,
    color: colour(part.color),
    textDecoration: part.decoration === "none" ? null : part.decoration,
  };
}

function text(part) {
  const inside = part.contents?.length ? part.contents.map((span) => h("span", { style: wordStyle(span) }, span.text ?? "")) : part.text;
  const element = h("div", { class: part.wrap ? "flex-text wraps" : "flex-text", style: { fontSize: "16px", ...nonNull(wordStyle(part)) } }, inside);
  setStyle(element, { textAlign: part.align, lineHeight: part.lineSpacing ? `calc(1.35em + ${pick({}, part.lineSpacing) ?? "0px"})` : null });
  if (part.maxLines > 0) setStyle(element, { display: "-webkit-box", webkitBoxOrient: "vertical", webkitLineClamp: String(part.maxLines), overflow: "hidden" });
  return element;
}

const nonNull = (style) => Object.fromEntries(Object.entries(style).filter(([, value]) => value));

function button(part, _layout, act) {
  const style = part.style ?? "link";
  const element = h("button", { type: "button", class: `flex-button flex-button-${style} flex-button-${part.height ?? "md"}`, onclick: () => act(part.action) }, part.action?.label ?? "");
  const given = colour(part.color);
  if (given) element.style[style === "link" ? "color" : "background"] = given;
  return element;
}

function image(part) {
  const small = part.type === "icon";
  const size = part.size ?? "md";
  const width = small ? pick(TEXT, size) : size === "full" ? "100%" : pick(IMAGE, size);
  const [across, down] = (part.aspectRatio ?? "1:1").split(":").map(Number);
  const picture = h("img", { src: part.url, alt: "", loading: "lazy", referrerpolicy: "no-referrer", style: { objectFit: part.aspectMode === "cover" ? "cover" : "contain" } });
  const frame = h("div", { class: "flex-image", style: { width, aspectRatio: `${across || 1} / ${down || 1}`, background: colour(part.backgroundColor) } }, picture);
  picture.addEventListener("error", () => frame.classList.add("missing"));
  if (!small) setStyle(frame, { marginLeft: part.align === "start" ? "0" : "auto", marginRight: part.align === "end" ? "0" : "auto" });
  return frame;
}

function video(part, layout, act) {
  return part.altContent ? component(part.altContent, layout, act) : image({ ...part, url: part.previewUrl, size: "full" });
}

function separator(part, layout) {
  const element = h("div", { class: layout === "vertical" ? "flex-rule" : "flex-rule upright" });
  if (colour(part.color)) element.style.background = part.color;
  return element;
}

function filler() {
  return h("div");
}
