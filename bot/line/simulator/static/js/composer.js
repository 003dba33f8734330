// The bar at the bottom of a chat: text, stickers, pictures, location.

import { h, icon, iconButton } from "./dom.js";
import { t } from "./texts.js";
import { act } from "./store.js";
import { ask, attempt, toast } from "./dialogs.js";
import { MAX_BYTES, stepFor } from "./uploads.js";
import { STICKERS, stickerPicture } from "./stickers.js";

const LANDMARKS = [
  { name: "landmark_station", latitude: 25.0478, longitude: 121.517 },
  { name: "landmark_tower", latitude: 25.0338, longitude: 121.5646 },
  { name: "landmark_harbour", latitude: 22.6203, longitude: 120.2819 },
];

const landmark = ({ name, latitude, longitude }) => ({ title: t(name), address: t(`${name}_address`), latitude, longitude });

export class Composer {
  constructor(column) {
    this.column = column;
    this.quoted = null;
    this.input = h("textarea", { rows: "1", class: "say", placeholder: t("say_something"), "aria-label": t("say_something"), oninput: () => this.grow(), onkeydown: (event) => this.key(event) });
    this.image = h("input", { type: "file", accept: "image/*", hidden: true, "aria-label": t("picture"), onchange: () => this.sendFile(this.image) });
    this.file = h("input", { type: "file", hidden: true, "aria-label": t("attach"), onchange: () => this.sendFile(this.file) });
    this.quoteBar = h("div", { class: "quote-bar", hidden: true });
    this.tray = h("div", { class: "tray", hidden: true });
    this.sendButton = iconButton("send", t("send"), () => this.send(), { class: "icon-button send", disabled: true });
    this.element = h(
      "footer",
      { class: "composer" },
      this.quoteBar,
      this.tray,
      h("div", { class: "bar" }, iconButton("image", t("picture"), () => this.picture()), iconButton("attach", t("attach"), () => this.file.click()), iconButton("location", t("location"), () => this.location()), h("div", { class: "field" }, this.input, iconButton("sticker", t("sticker"), () => this.stickers())), this.sendButton, this.image, this.file),
    );
  }

  key(event) {
    // While a Chinese input method composes, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  grow() {
    this.sendButton.disabled = !this.input.value.trim();
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 96)}px`;
  }

  fill(text) {
    this.input.value = text;
    this.grow();
    this.input.focus();
  }

  quote(message, words) {
    this.quoted = message;
    this.quoteBar.hidden = !message;
    if (!message) return;
    this.quoteBar.replaceChildren(icon("reply"), h("span", {}, words), iconButton("close", t("cancel"), () => this.quote(null)));
    this.input.focus();
  }

  async send() {
    const text = this.input.value.trim();
    if (!text) return;
    const step = { do: "say", ...this.column.where(), text, mentions: this.mentions(text) };
    if (this.quoted) step.quoted_message_id = this.quoted.message_id;
    if ((await attempt(() => act(step))) === null) return;
    this.quote(null);
    this.fill("");
  }

  // In a group, @name of the account is a mention, as the app's own list would make it.
  mentions(text) {
    const channel = this.column.groupChannel();
    return channel && text.includes(`@${channel.name}`) ? [channel.bot_user_id] : [];
  }

  stickers() {
    this.tray.hidden = !this.tray.hidden;
    if (this.tray.hidden) return;
    const buttons = STICKERS.map((ids, number) => {
      const [packageId, stickerId] = ids.split(" ");
      const content = { type: "sticker", packageId, stickerId, stickerResourceType: "STATIC" };
      return h("button", { type: "button", "aria-label": `${t("sticker")} ${number + 1}`, onclick: () => this.sendContent(content) }, stickerPicture(packageId, stickerId));
    });
    this.tray.replaceChildren(...buttons);
  }

  async sendContent(content, more = {}) {
    this.tray.hidden = true;
    await attempt(() => act({ do: "send", ...this.column.where(), content, ...more }));
  }

  picture() {
    this.image.click();
  }

  async sendFile(input) {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    if (file.size > MAX_BYTES) return toast(t("too_large", { megabytes: MAX_BYTES / 1024 / 1024 }));
    const { content, ...more } = await stepFor(file);
    await this.sendContent(content, more);
  }

  async location() {
    const choice = h("select", { "aria-label": t("location") }, LANDMARKS.map(landmark).map((place, number) => h("option", { value: String(number) }, `${place.title} · ${place.address}`)));
    if (await ask(t("location"), choice)) await this.sendContent({ type: "location", ...landmark(LANDMARKS[Number(choice.value)]) });
  }
}
