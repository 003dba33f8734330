// The list of a person's chats: every Official Account, and the groups they are in.

import { avatar, h, icon } from "./dom.js";
import { clockTime, t } from "./texts.js";
import { bondOf, chatOf, placeOf, store } from "./store.js";
import { preview } from "./bubbles.js";

export function renderChatList(column) {
  const groups = store.groups.filter((group) => group.members.includes(column.userId));
  const rows = [
    ...store.channels.map((channel) => accountRow(column, channel)),
    ...groups.map((group) => groupRow(column, group)),
  ].sort((one, other) => other.at - one.at);
  return h(
    "div",
    { class: "chat-list" },
    h("header", { class: "list-head" }, h("h2", {}, t("chats")), h("button", { type: "button", class: "text-button", onclick: () => column.newGroup() }, icon("group"), t("new_group"))),
    rows.length ? h("ul", {}, rows.map((row) => row.element)) : h("p", { class: "empty" }, t("no_channels")),
  );
}

function accountRow(column, channel) {
  const bond = bondOf(channel.channel_id, column.userId);
  const picture = avatar(channel.name, { shop: true, picture: channel.picture_url, place: placeOf(channel.channel_id) });
  const label = h("span", { class: "chat-name" }, h("i", { class: "badge", title: t("official_account") }, icon("shop")), channel.name);
  return row(column, { channelId: channel.channel_id, chatId: column.userId }, { picture, label, note: t(`bond_${bond}`), faded: bond === "blocked" });
}

function groupRow(column, group) {
  const label = h("span", { class: "chat-name" }, group.name, h("small", {}, `(${group.members.length})`));
  const picture = avatar(group.name, { picture: group.picture_url, place: 6 });
  return row(column, { channelId: group.channel_id ?? column.channelId, chatId: group.group_id }, { picture, label, note: "" });
}

function row(column, chat, { picture, label, note, faded }) {
  const last = chatOf(chat.channelId, chat.chatId).filter((message) => message.visible && message.sender !== "system").at(-1);
  const element = h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: faded ? "chat-row faded" : "chat-row", onclick: () => column.open(chat) },
      picture,
      h("span", { class: "chat-words" }, label, h("span", { class: "chat-preview" }, last ? preview(last) : note)),
      last ? h("time", {}, clockTime(last.sent_at)) : null,
    ),
  );
  return { element, at: last?.sent_at ?? 0 };
}
