// The drawer that shows every webhook and every API call as it went over the wire.

import { h, iconButton } from "./dom.js";
import { exactTime, t } from "./texts.js";
import { call, channelOf, groupOf, store, userOf } from "./store.js";
import { attempt } from "./dialogs.js";

const SHOWN = 300;

export class RawPanel {
  constructor(host) {
    this.host = host;
    this.phone = null;
    this.kinds = new Set(["webhook", "call"]);
    this.selected = null;
    this.list = h("ol", { class: "raw-list", "aria-label": t("raw") });
    this.detail = h("div", { class: "raw-detail" });
    this.filters = h("div", { class: "raw-filters" });
    this.element = h("section", { class: "raw", "aria-label": t("raw"), hidden: true }, h("header", { class: "raw-head" }, h("h2", {}, t("raw")), this.filters, iconButton("close", t("close"), () => this.toggle(false))), h("div", { class: "raw-columns" }, this.list, this.detail));
  }

  toggle(shown = this.element.hidden, phone = undefined) {
    if (phone !== undefined) this.phone = phone;
    this.element.hidden = !shown;
    document.body.classList.toggle("raw-open", shown);
    if (shown) this.render();
    this.host.changed();
    this.host.phones.forEach((phone) => phone.toEnd());
  }

  update(kind, thing) {
    if (this.element.hidden || (kind !== "webhook" && kind !== "call")) return;
    if (this.passes({ ...thing, kind })) this.render();
  }

  passes(entry) {
    if (!this.kinds.has(entry.kind)) return false;
    if (!this.phone) return true;
    const { channelId, chatId } = this.phone;
    if (entry.channel_id && entry.channel_id !== channelId) return false;
    return entry.kind === "webhook" ? entry.chat_ids.includes(chatId) : entry.chat_id === chatId || entry.body.includes(chatId) || entry.path.includes(chatId);
  }

  render() {
    this.renderFilters();
    const entries = store.log.filter((entry) => this.passes(entry)).slice(-SHOWN).reverse();
    if (!entries.some((entry) => entry.number === this.selected)) this.selected = entries[0]?.number ?? null;
    this.list.replaceChildren(...(entries.length ? entries.map((entry) => this.row(entry)) : [h("li", { class: "empty" }, t("raw_empty"))]));
    this.renderDetail(entries.find((entry) => entry.number === this.selected));
  }

  renderFilters() {
    const phones = this.host.phones.map((phone) => [phone, userOf(phone.userId)?.display_name ?? "?", groupOf(phone.chatId)?.name ?? channelOf(phone.channelId)?.name ?? ""]);
    const chip = (label, on, run) => h("button", { type: "button", class: on ? "filter on" : "filter", "aria-pressed": String(on), onclick: () => (run(), this.render()) }, label);
    if (this.phone && !this.host.phones.includes(this.phone)) this.phone = null;
    this.filters.replaceChildren(
      chip(t("raw_all"), !this.phone, () => (this.phone = null)),
      ...phones.map(([phone, name, place]) => chip(`${name} · ${place}`, this.phone === phone, () => (this.phone = phone))),
      h("span", { class: "divider" }),
      ...["webhook", "call"].map((kind) => chip(t(`raw_${kind}`), this.kinds.has(kind), () => (this.kinds.has(kind) ? this.kinds.delete(kind) : this.kinds.add(kind)))),
    );
  }

  row(entry) {
    const channel = channelOf(entry.channel_id);
    const choose = () => {
      this.selected = entry.number;
      this.render();
    };
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: `raw-row ${entry.kind}${entry.number === this.selected ? " on" : ""}`, onclick: choose },
        h("span", { class: "raw-kind" }, entry.kind === "webhook" ? "▶" : "◀"),
        h("span", { class: "raw-what" }, title(entry), h("small", {}, `${exactTime(entry.at)} · ${channel?.name ?? "?"}`)),
        badge(entry),
        h("span", { class: "raw-ms" }, `${Math.round(entry.milliseconds)} ms`),
      ),
    );
  }

  renderDetail(entry) {
    if (!entry) {
      this.detail.replaceChildren(h("p", { class: "empty" }, t("raw_hint")));
      return;
    }
    const line = entry.kind === "webhook" ? `POST ${entry.url}` : `${entry.method} ${entry.path}`;
    const again = entry.kind === "webhook" && entry.event_ids.length ? h("button", { type: "button", class: "text-button", onclick: () => attempt(() => call("POST", `/webhooks/${entry.number}/redeliver`)) }, t("redeliver")) : null;
    const notes = [entry.fault && t("raw_fault", { fault: entry.fault }), entry.note, entry.redelivery ? t("raw_redelivery", { count: entry.redelivery }) : null].filter(Boolean);
    const headers = Object.entries(entry.headers).map(([name, value]) => `${name}: ${value}`).join("\n");
    const answerHead = entry.kind === "call" ? `x-line-request-id: ${entry.request_id}` : "";
    this.detail.replaceChildren(
      h("div", { class: "raw-title" }, h("code", {}, line), badge(entry), again),
      notes.length ? h("p", { class: "raw-note" }, notes.join(" · ")) : null ?? "",
      h("div", { class: "raw-panes" }, pane(t("raw_request"), headers, entry.body), pane(t("raw_answer"), answerHead, entry.answer || (entry.error ? t("raw_error", { error: entry.error }) : ""))),
    );
  }
}

function title(entry) {
  if (entry.kind === "call") return `${entry.method} ${entry.path.replace("/v2/bot", "")}`;
  const types = safeEvents(entry.body).map((event) => (event.type === "message" ? `message:${event.message?.type}` : event.type));
  return types.length ? types.join(", ") : t("raw_check");
}

function safeEvents(body) {
  try {
    return JSON.parse(body).events ?? [];
  } catch {
    return [];
  }
}

function badge({ status, error }) {
  const good = status >= 200 && status < 300;
  return h("span", { class: `status ${good ? "good" : "bad"}` }, status ?? error ?? t("raw_dropped"));
}

function pane(name, headers, body) {
  return h("div", { class: "pane", tabindex: "0" }, h("h3", {}, name), headers ? h("pre", { class: "headers" }, headers) : null, h("pre", {}, coloured(body)));
}

// JSON with its strings, names and values in colours; anything else as it is.
function coloured(body) {
  let pretty;
  try {
    pretty = JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body || "—";
  }
  return pretty.split(/("(?:\\.|[^"\\])*"(?:\s*:)?|\b-?\d[\d.eE+-]*\b|\btrue\b|\bfalse\b|\bnull\b)/g).map((part, place) => {
    if (place % 2 === 0) return part;
    const kind = part.endsWith(":") ? "name" : part.startsWith('"') ? "string" : "value";
    return h("span", { class: `json-${kind}` }, part);
  });
}
