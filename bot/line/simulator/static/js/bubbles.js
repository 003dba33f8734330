// A message as it looks in a chat.

import { avatar, h, icon, linked } from "./dom.js";
import { renderFlex } from "./flex.js";
import { stickerPicture } from "./stickers.js";
import { renderTemplate } from "./templates.js";
import { clockTime, dayName, t } from "./texts.js";
import { channelOf, chatOf, placeOf, userOf } from "./store.js";

// `before` is the message above: another one of the same sender goes on without picture and name.
export function renderMessage(message, viewer, before = null) {
  if (message.sender === "system") return notice(message);
  if (message.unsent) return h("div", { class: "notice", "data-id": message.message_id }, t("unsent_notice", { name: nameOf(message) }));
  const mine = message.sender === "user" && message.sender_id === viewer.userId;
  const wide = isWide(message.content);
  const content = h("div", { class: "content" }, quote(message, viewer), renderContent(message, viewer));
  const body = h("div", { class: "body" }, mine ? null : h("span", { class: "sender" }, nameOf(message)), h("div", { class: "line" }, content, meta(message, mine)));
  const goesOn = before && !before.unsent && before.sender === message.sender && before.sender_id === message.sender_id && nameOf(before) === nameOf(message) && message.sent_at - before.sent_at < 60_000;
  const row = h("div", { class: `message ${mine ? "mine" : "theirs"}${wide ? " wide" : ""}${goesOn ? " continues" : ""}`, "data-id": message.message_id }, mine ? null : face(message), body);
  row.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    viewer.menu(message, row);
  });
  longPress(row, () => viewer.menu(message, row));
  return row;
}

function longPress(element, then) {
  let timer = null;
  element.addEventListener("touchstart", () => (timer = setTimeout(then, 500)), { passive: true });
  for (const end of ["touchend", "touchmove", "touchcancel"]) element.addEventListener(end, () => clearTimeout(timer), { passive: true });
}

export function nameOf(message) {
  if (message.sender === "account") return message.content.sender?.name ?? channelOf(message.channel_id)?.name ?? "";
  return userOf(message.sender_id)?.display_name ?? "";
}

function face(message) {
  if (message.sender === "account") {
    const channel = channelOf(message.channel_id);
    return avatar(nameOf(message), { shop: true, picture: message.content.sender?.iconUrl ?? channel?.picture_url, place: placeOf(message.channel_id) });
  }
  return avatar(nameOf(message), { picture: userOf(message.sender_id)?.picture_url, place: placeOf(message.sender_id) });
}

function meta(message, mine) {
  const marks = [];
  if (mine && message.read) marks.push(h("span", { class: "read" }, t("read")));
  if (message.edited) marks.push(h("span", {}, t("edited")));
  marks.push(h("time", {}, clockTime(message.sent_at)));
  return h("span", { class: "meta" }, marks);
}

function notice(message) {
  const { type, userId, channelId } = message.content;
  const name = userOf(userId)?.display_name ?? channelOf(channelId)?.name ?? "";
  return h("div", { class: "notice", "data-id": message.message_id }, t(`notice_${type}`, { name }));
}

export function dayLine(milliseconds) {
  return h("div", { class: "notice day" }, dayName(milliseconds));
}

const isWide = (content) => ["flex", "template", "imagemap"].includes(content.type);

function quote(message, viewer) {
  const quotedId = message.content.quotedMessageId;
  if (!quotedId) return null;
  const quoted = chatOf(message.channel_id, message.chat_id).find((other) => other.message_id === quotedId);
  if (!quoted) return null;
  return h("div", { class: "quoted" }, h("b", {}, nameOf(quoted)), h("span", {}, preview(quoted, viewer)));
}

export function preview(message) {
  const { content } = message;
  if (message.unsent) return t("unsent_notice", { name: nameOf(message) });
  if (message.sender === "system") return "";
  if (content.type === "text" || content.type === "textV2") return content.text;
  if (content.altText) return content.altText;
  return t(`preview_${content.type}`, { name: nameOf(message) });
}

function renderContent(message, viewer) {
  const { content } = message;
  switch (content.type) {
    case "text":
    case "textV2":
      return h("div", { class: "bubble" }, linked(content.text));
    case "sticker":
      return sticker(content);
    case "image":
      return picture(message, viewer);
    case "location":
      return place(content);
    case "flex":
      return renderFlex(content.contents, viewer.act);
    case "template":
      return renderTemplate(content.template, viewer.act);
    case "video":
    case "audio":
    case "file":
      return media(message);
    default:
      return h("div", { class: "bubble other" }, content.altText ?? content.type);
  }
}

function sticker({ packageId, stickerId }) {
  return h("div", { class: "sticker", title: `${packageId} / ${stickerId}` }, stickerPicture(packageId, stickerId) ?? h("span", { class: "sticker-number" }, icon("sticker"), `${packageId}/${stickerId}`));
}

function picture(message) {
  const { content, message_id: id } = message;
  const url = message.sender === "user" ? `/_simulator/content/${id}` : content.originalContentUrl;
  const image = h("img", { class: "photo", src: url, alt: t("preview_image", { name: nameOf(message) }), loading: "lazy" });
  const frame = h("div", { class: "photo-frame" }, image);
  image.addEventListener("error", () => frame.replaceChildren(h("div", { class: "photo-missing" }, icon("image"), h("span", {}, t("picture")))));
  return frame;
}

function place({ title, address, latitude, longitude }) {
  return h(
    "div",
    { class: "place" },
    h("div", { class: "map", "aria-hidden": "true" }, h("span", { class: "pin" }, icon("location"))),
    h("div", { class: "place-text" }, h("b", {}, title ?? t("location")), h("span", {}, address ?? ""), h("small", {}, `${latitude}, ${longitude}`)),
  );
}

function media({ content, message_id: id, sender }) {
  const url = sender === "user" ? `/_simulator/content/${id}` : content.originalContentUrl;
  if (content.type === "audio") return h("audio", { class: "player", controls: true, preload: "none", src: url, "aria-label": t("audio") });
  if (content.type === "video") return h("video", { class: "player", controls: true, preload: "none", src: url, "aria-label": t("video") });
  const size = content.fileSize ? `${Math.ceil(content.fileSize / 1024)} KB` : "";
  return h("a", { class: "media", href: url, download: content.fileName ?? "" }, icon("file"), h("span", {}, h("b", {}, content.fileName ?? t("file")), h("small", {}, size)));
}
