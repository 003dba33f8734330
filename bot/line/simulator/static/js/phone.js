// One phone: a person, the chat that is open on it, and everything they can do there.

import { avatar, h, icon, iconButton } from "./dom.js";
import { t } from "./texts.js";
import { act, bondOf, call, channelOf, chatKey, chatOf, groupOf, loadingUntil, menuOf, placeOf, store, userOf } from "./store.js";
import { ask, askText, attempt, menu } from "./dialogs.js";
import { dayLine, preview, renderMessage } from "./bubbles.js";
import { renderChatList } from "./chatlist.js";
import { Composer } from "./composer.js";
import { perform } from "./actions.js";
import { renderRichMenu } from "./richmenu.js";

export class Phone {
  constructor({ userId, channelId, chatId }, host) {
    Object.assign(this, { userId, channelId, chatId: chatId ?? userId, host, listed: !channelId });
    this.composer = new Composer(this);
    this.person = h("div", { class: "phone-person" });
    this.screen = h("div", { class: "screen" });
    this.element = h("section", { class: "phone" }, this.person, this.screen);
    this.render();
  }

  // Who and where

  where() {
    const group = !this.chatId.startsWith("U");
    const channelId = group ? (groupOf(this.chatId)?.channel_id ?? this.channelId) : this.channelId;
    return { channel_id: channelId, user_id: this.userId, chat_id: group ? this.chatId : null };
  }

  groupChannel() {
    return channelOf(groupOf(this.chatId)?.channel_id);
  }

  get state() {
    return { userId: this.userId, channelId: this.channelId, chatId: this.chatId };
  }

  become(userId) {
    Object.assign(this, { userId, chatId: userId, listed: !this.channelId });
    this.render();
    this.host.changed();
  }

  open({ channelId, chatId }) {
    Object.assign(this, { channelId, chatId, listed: false });
    this.render();
    this.host.changed();
  }

  showList() {
    this.listed = true;
    this.render();
  }

  fill(text) {
    this.composer.fill(text);
  }

  shows(message) {
    return !this.listed && chatKey(message.channel_id, message.chat_id) === chatKey(this.channelId, this.chatId);
  }

  // Drawing

  update(kind, thing) {
    if (kind === "message") {
      if (this.listed) this.renderScreen();
      else if (this.shows(thing)) this.putMessage(thing);
    } else if (kind === "loading") this.renderLoading();
    else if (kind === "directory" || kind === "everything") this.render(kind === "directory");
  }

  render(keepScroll = false) {
    const user = userOf(this.userId);
    this.element.setAttribute("aria-label", t("phone_of", { name: user?.display_name ?? "" }));
    this.renderPerson(user);
    this.renderScreen(keepScroll);
  }

  renderPerson(user) {
    const people = h("select", { class: "person-switch", "aria-label": t("be_person"), onchange: (event) => this.choosePerson(event.target.value) });
    for (const one of store.users) people.append(h("option", { value: one.user_id, selected: one.user_id === this.userId }, one.display_name));
    people.append(h("option", { value: "new" }, t("new_person")));
    this.person.replaceChildren(
      avatar(user?.display_name ?? "?", { picture: user?.picture_url, place: placeOf(this.userId) }),
      h("label", { class: "person-label" }, h("span", {}, t("be_person")), people),
      iconButton("raw", t("raw_of_phone"), () => this.host.showRaw(this)),
      iconButton("close", t("close_phone"), () => this.host.close(this)),
    );
  }

  async choosePerson(value) {
    if (value !== "new") return this.become(value);
    const name = await askText(t("new_person"), t("name"));
    const made = name ? await attempt(() => call("POST", "/users", { display_name: name })) : null;
    if (made) this.become(made.user_id);
    else this.render();
    return made;
  }

  renderScreen(keepScroll = false) {
    if (this.listed) {
      this.screen.replaceChildren(renderChatList(this));
      return;
    }
    const top = this.body?.scrollTop;
    this.body = h("div", { class: "chat-body", role: "log", "aria-live": "polite", "aria-label": t("messages") });
    // Pictures make the chat longer when they arrive; somebody who reads its end stays there.
    this.body.addEventListener("load", () => (this.isNearEnd(420) ? this.toEnd() : null), true);
    this.after = h("div", { class: "after" });
    this.quick = h("div", { class: "quick-replies", role: "group", "aria-label": t("quick_replies") });
    this.menuFrame = h("div", { class: "menu-frame" });
    this.screen.replaceChildren(this.head(), this.body, this.quick, this.strangerBar() ?? this.composer.element, this.menuFrame);
    this.renderMenu();
    let day = null;
    for (const message of this.messages()) {
      const today = new Date(message.sent_at).toDateString();
      if (today !== day) this.body.append(dayLine(message.sent_at));
      day = today;
      this.body.append(this.draw(message));
    }
    this.body.append(this.after);
    this.renderLoading();
    this.renderQuickReplies();
    if (keepScroll && top !== undefined) this.body.scrollTop = top;
    else this.toEnd();
  }

  messages() {
    return chatOf(this.channelId, this.chatId).filter((message) => message.visible);
  }

  draw(message) {
    const shown = this.messages();
    const before = shown[shown.indexOf(message) - 1];
    return renderMessage(message, { userId: this.userId, act: (action) => attempt(() => perform(action, this)), menu: (one, row) => this.messageMenu(one, row) }, before);
  }

  putMessage(message) {
    if (!message.visible) return;
    const before = this.body.querySelector(`[data-id="${message.message_id}"]`);
    const near = this.isNearEnd(160);
    if (before) before.replaceWith(this.draw(message));
    else {
      if (!this.body.querySelector(".day")) this.after.before(dayLine(message.sent_at));
      const row = this.draw(message);
      row.classList.add("fresh");
      this.after.before(row);
    }
    this.renderLoading();
    this.renderQuickReplies();
    if (near || message.sender_id === this.userId) this.toEnd();
  }

  isNearEnd(pixels) {
    return this.body.scrollHeight - this.body.scrollTop - this.body.clientHeight < pixels;
  }

  toEnd() {
    requestAnimationFrame(() => (this.body ? (this.body.scrollTop = this.body.scrollHeight) : null));
  }

  renderLoading() {
    if (this.listed || !this.after) return;
    clearTimeout(this.loadingTimer);
    const left = this.chatId === this.userId ? loadingUntil(this.channelId, this.userId) - Date.now() : 0;
    if (left <= 0) {
      this.after.replaceChildren();
      return;
    }
    const channel = channelOf(this.channelId);
    const dots = h("div", { class: "bubble typing", role: "status", "aria-label": t("typing") }, h("i"), h("i"), h("i"));
    if (!this.after.firstChild) this.after.append(h("div", { class: "message theirs" }, avatar(channel?.name ?? "", { shop: true, place: placeOf(this.channelId) }), dots));
    this.loadingTimer = setTimeout(() => this.renderLoading(), left + 50);
    this.toEnd();
  }

  // Only the newest message's quick replies show, until something newer comes.
  renderQuickReplies() {
    const last = this.messages().filter((message) => message.sender !== "system").at(-1);
    const items = last?.sender === "account" && !last.unsent ? (last.content.quickReply?.items ?? []) : [];
    this.quick.replaceChildren(
      ...items.map(({ action, imageUrl }) =>
        h("button", { type: "button", class: "chip", onclick: () => attempt(() => perform(action, this)) }, imageUrl ? h("img", { src: imageUrl, alt: "" }) : null, action.label),
      ),
    );
    this.quick.hidden = items.length === 0;
    if (items.length) this.toEnd();
  }

  head() {
    const group = groupOf(this.chatId);
    const channel = channelOf(this.channelId);
    const title = group ? h("b", {}, group.name, h("small", {}, ` (${group.members.length})`)) : h("b", {}, channel?.name ?? "");
    const under = group ? (this.groupChannel() ? t("with_account", { name: this.groupChannel().name }) : t("no_account")) : (channel?.basic_id ?? "");
    return h(
      "header",
      { class: "chat-head" },
      iconButton("back", t("chats"), () => this.showList()),
      h("div", { class: "chat-title" }, h("span", { class: "title-line" }, group ? null : h("i", { class: "badge", title: t("official_account") }, icon("shop")), title), h("small", {}, under)),
      iconButton("more", t("chat_menu"), (event) => menu(event.currentTarget, group ? this.groupMenu(group) : this.accountMenu())),
    );
  }

  // A person who isn't a friend yet, or blocks the account, sees what LINE shows instead of the input bar.
  strangerBar() {
    if (this.chatId !== this.userId) return null;
    const bond = bondOf(this.channelId, this.userId);
    if (bond === "friend") return null;
    const add = h("button", { type: "button", class: "primary", onclick: () => this.befriend("follow") }, t(bond === "blocked" ? "unblock" : "add_friend"));
    const bar = h("footer", { class: "stranger" }, h("span", {}, t(`stranger_${bond}`)), add);
    return bond === "blocked" ? bar : h("div", { class: "stacked" }, bar, this.composer.element);
  }

  // A menu that is `selected` is open until the person closes it.
  renderMenu() {
    const menu = this.chatId === this.userId && bondOf(this.channelId, this.userId) !== "blocked" ? menuOf(this.channelId, this.userId) : null;
    if (!menu) return this.menuFrame.replaceChildren();
    if (this.menuId !== menu.rich_menu_id) Object.assign(this, { menuId: menu.rich_menu_id, menuOpen: menu.content.selected });
    const toggle = () => {
      this.menuOpen = !this.menuOpen;
      this.renderMenu();
      this.toEnd();
    };
    return this.menuFrame.replaceChildren(renderRichMenu(menu, { open: this.menuOpen, toggle, act: (action) => attempt(() => perform(action, this)) }));
  }

  befriend(what) {
    return attempt(() => act({ do: what, channel_id: this.channelId, user_id: this.userId }));
  }

  // Menus

  accountMenu() {
    const bond = bondOf(this.channelId, this.userId);
    return [
      ...store.channels.map((channel) => ({
        label: channel.name,
        checked: channel.channel_id === this.channelId,
        run: () => this.open({ channelId: channel.channel_id, chatId: this.userId }),
      })),
      bond === "friend" ? { label: t("block"), danger: true, run: () => this.befriend("block") } : { label: t(bond === "blocked" ? "unblock" : "add_friend"), run: () => this.befriend("follow") },
    ];
  }

  groupMenu(group) {
    const others = store.users.filter((user) => !group.members.includes(user.user_id));
    const step = (given) => () => attempt(() => act({ group_id: group.group_id, ...given }));
    return [
      ...(group.channel_id ? [{ label: t("remove_account"), danger: true, run: step({ do: "remove_account" }) }] : store.channels.map((channel) => ({ label: t("invite", { name: channel.name }), run: step({ do: "invite_account", channel_id: channel.channel_id }) }))),
      ...others.map((user) => ({ label: t("invite", { name: user.display_name }), run: step({ do: "join_group", user_id: user.user_id }) })),
      { label: t("leave_group"), danger: true, run: () => attempt(() => act({ do: "leave_group", group_id: group.group_id, user_id: this.userId })).then(() => this.showList()) },
    ];
  }

  messageMenu(message, row) {
    const own = message.sender === "user" && message.sender_id === this.userId && !message.via;
    const text = message.content.type === "text";
    const entries = [
      { label: t("quote"), run: () => this.composer.quote(message, preview(message)) },
      text ? { label: t("copy"), run: () => navigator.clipboard?.writeText(message.content.text) } : null,
      own && text && !this.chatId.startsWith("U") ? { label: t("edit"), run: () => this.edit(message) } : null,
      own ? { label: t("unsend"), danger: true, run: () => attempt(() => act({ do: "unsend", message_id: message.message_id })) } : null,
    ];
    menu(row.querySelector(".content") ?? row, entries);
  }

  async edit(message) {
    const text = await askText(t("edit"), t("say_something"), message.content.text);
    if (text) await attempt(() => act({ do: "edit", message_id: message.message_id, text }));
  }

  async newGroup() {
    const name = h("input", { type: "text", value: t("group_name"), "aria-label": t("name"), maxlength: "100" });
    const boxes = store.users.filter((user) => user.user_id !== this.userId).map((user) => ({ user, box: h("input", { type: "checkbox", checked: true }) }));
    const account = h("select", { "aria-label": t("official_account") }, h("option", { value: "" }, t("no_account")), store.channels.map((channel) => h("option", { value: channel.channel_id, selected: channel.channel_id === this.channelId }, channel.name)));
    const chosen = h("div", { class: "choices" }, boxes.map(({ user, box }) => h("label", {}, box, user.display_name)));
    if (!(await ask(t("new_group"), name, chosen, h("label", { class: "field-label" }, t("official_account"), account)))) return;
    const members = [this.userId, ...boxes.filter(({ box }) => box.checked).map(({ user }) => user.user_id)];
    const group = await attempt(() => call("POST", "/groups", { name: name.value.trim() || t("group_name"), members }));
    if (!group) return;
    if (account.value) await attempt(() => act({ do: "invite_account", group_id: group.group_id, channel_id: account.value }));
    this.open({ channelId: account.value || this.channelId, chatId: group.group_id });
  }
}
