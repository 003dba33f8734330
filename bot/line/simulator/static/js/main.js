// The page: a guide, phones side by side, and the raw drawer.

import { h, icon } from "./dom.js";
import { language, loadTexts, t } from "./texts.js";
import { call, channelOf, groupOf, load, onChange, store, userOf } from "./store.js";
import { Phone } from "./phone.js";
import { RawPanel } from "./raw.js";
import { renderGuide } from "./guide.js";
import { showAccounts } from "./accounts.js";
import { askText, attempt } from "./dialogs.js";

const KEPT = "line-simulator-columns";
const MAX_PHONES = 6;

class Page {
  constructor() {
    this.phones = [];
    this.stage = h("div", { class: "phones" });
    this.raw = new RawPanel(this);
    this.adder = h("button", { type: "button", class: "add-phone", "aria-label": t("add_phone"), title: t("add_phone"), onclick: () => this.addPerson() }, icon("plus"), h("span", {}, t("add_phone")));
  }

  async start() {
    const { guide, columns } = await call("GET", "/guide");
    this.guide = renderGuide(guide, this);
    const link = h("a", { class: "text-button", href: language === "en" ? "?lang=zh-TW" : "?lang=en" }, t("other_language"));
    const top = h(
      "header",
      { class: "top" },
      h("img", { src: "/static/icon.svg", alt: "", width: "28", height: "28" }),
      h("h1", {}, t("title")),
      h("span", { class: "top-note" }, t("subtitle")),
      this.guide ? h("button", { type: "button", class: "text-button", onclick: () => this.toggleGuide() }, icon("guide"), t("first_steps")) : null,
      h("button", { type: "button", class: "text-button", onclick: () => showAccounts() }, icon("shop"), t("accounts")),
      h("button", { type: "button", class: "text-button", "aria-label": t("raw"), onclick: () => this.raw.toggle() }, icon("raw"), t("raw")),
      link,
    );
    document.title = t("title");
    document.getElementById("app").replaceChildren(top, h("main", {}, this.guide, this.stage), this.raw.element);
    this.restore(columns);
    onChange((kind, thing) => {
      for (const phone of this.phones) phone.update(kind, thing);
      this.raw.update(kind, thing);
    });
  }

  restore(columns) {
    const given = columns.map((column) => ({ userId: column.user_id, channelId: column.channel_id }));
    let kept = [];
    try {
      kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
    } catch {
      kept = [];
    }
    const known = kept.filter(({ userId, channelId, chatId }) => userOf(userId) && channelOf(channelId) && (chatId.startsWith("U") || groupOf(chatId)));
    for (const column of known.length ? known : given) this.add(column);
    this.arrange();
  }

  add(column) {
    const phone = new Phone(column, this);
    this.phones.push(phone);
    this.arrange();
    return phone;
  }

  arrange() {
    const shown = this.phones.map((phone) => phone.element);
    this.stage.replaceChildren(...shown, ...(this.phones.length < MAX_PHONES ? [this.adder] : []));
    this.adder.classList.toggle("alone", this.phones.length === 0);
    this.phones.forEach((phone) => (phone.listed || !phone.body ? null : phone.toEnd()));
    this.changed();
  }

  // Puts each (person, account) on a phone: the person's own, or else a new one.
  showColumns(columns) {
    for (const { user_id: userId, channel_id: channelId } of columns) {
      const own = this.phones.find((phone) => phone.userId === userId);
      if (own) own.open({ channelId, chatId: userId });
      else this.add({ userId, channelId });
    }
    const last = this.phones.find((phone) => phone.userId === columns.at(-1)?.user_id);
    last?.element.scrollIntoView({ behavior: "smooth", inline: "nearest", block: "nearest" });
  }

  async addPerson() {
    const free = store.users.find((user) => !this.phones.some((phone) => phone.userId === user.user_id));
    let userId = free?.user_id;
    if (!userId) {
      const name = await askText(t("new_person"), t("name"));
      userId = name ? (await attempt(() => call("POST", "/users", { display_name: name })))?.user_id : null;
    }
    if (userId) this.add({ userId, channelId: store.channels[0]?.channel_id }).element.scrollIntoView({ behavior: "smooth", inline: "end" });
  }

  close(phone) {
    this.phones = this.phones.filter((other) => other !== phone);
    this.arrange();
  }

  showRaw(phone) {
    this.raw.toggle(true, phone);
  }

  toggleGuide() {
    this.guide.hidden = !this.guide.hidden;
  }

  changed() {
    sessionStorage.setItem(KEPT, JSON.stringify(this.phones.map((phone) => phone.state)));
    if (!this.raw.element.hidden) this.raw.renderFilters();
  }
}

await loadTexts();
await load();
await new Page().start();
document.documentElement.dataset.ready = "yes";
