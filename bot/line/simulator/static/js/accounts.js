// The dialog about Official Accounts: webhook URL, credentials, redelivery, quota, and how the API fails.

import { avatar, h, iconButton } from "./dom.js";
import { t } from "./texts.js";
import { call, placeOf, store } from "./store.js";
import { askText, attempt, toast } from "./dialogs.js";

const REDELIVERY = [1, 5, 30];
const MODES = ["status", "slow", "hang", "refuse", "accept_then_status", "accept_then_drop"];

export async function showAccounts() {
  const body = h("div", { class: "accounts" });
  const dialog = h("dialog", { class: "dialog broad", "aria-label": t("accounts") }, h("header", { class: "dialog-head" }, h("h2", {}, t("accounts")), iconButton("close", t("close"), () => dialog.close())), body);
  const redraw = () => body.replaceChildren(...store.channels.map((channel) => account(channel)), adder(redraw), faults());
  redraw();
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function account(channel) {
  const change = (given) => attempt(() => call("PATCH", `/channels/${channel.channel_id}`, given));
  const url = h("input", { type: "url", value: channel.webhook_url ?? "", "aria-label": t("webhook_url"), onchange: () => change({ webhook_url: url.value.trim() || null }) });
  const limit = h("input", { type: "number", min: "0", value: channel.monthly_limit ?? "", placeholder: t("no_limit"), "aria-label": t("monthly_limit"), onchange: () => change({ monthly_limit: limit.value === "" ? null : Number(limit.value) }) });
  const again = h("input", { type: "checkbox", checked: channel.redelivery.length > 0, onchange: () => change({ redelivery: again.checked ? REDELIVERY : [] }) });
  const secrets = h("div", { class: "credentials" }, h("button", { type: "button", class: "text-button", onclick: () => reveal(channel, secrets) }, t("show_credentials")));
  return h(
    "section",
    { class: "account" },
    h("h3", {}, avatar(channel.name, { shop: true, place: placeOf(channel.channel_id) }), channel.name, h("small", {}, `${channel.basic_id} · ${channel.channel_id}`)),
    h("label", { class: "field-label" }, t("webhook_url"), url),
    h("div", { class: "account-row" }, h("label", { class: "field-label" }, t("monthly_limit"), limit), h("span", { class: "used" }, t("used", { count: channel.consumption })), h("label", { class: "check" }, again, t("redelivery"))),
    secrets,
  );
}

async function reveal(channel, place) {
  const given = await attempt(() => call("GET", `/channels/${channel.channel_id}/credentials`));
  if (!given) return;
  const line = (name, value) => h("label", { class: "field-label" }, name, h("input", { type: "text", readonly: true, value, onfocus: (event) => event.target.select() }));
  place.replaceChildren(line(t("channel_secret"), given.secret), line(t("access_token"), given.access_token));
}

function adder(redraw) {
  const add = async () => {
    const name = await askText(t("new_account"), t("name"));
    if (name && (await attempt(() => call("POST", "/channels", { name })))) setTimeout(redraw, 150);
  };
  return h("button", { type: "button", class: "primary", onclick: add }, t("new_account"));
}

function faults() {
  const endpoint = h("select", { "aria-label": t("fault_endpoint") });
  call("GET", "/faults").then(({ endpoints }) => endpoint.replaceChildren(...endpoints.map((name) => h("option", { value: name }, name))));
  const mode = h("select", { "aria-label": t("fault_mode") }, MODES.map((name) => h("option", { value: name }, t(`fault_${name}`))));
  const status = h("input", { type: "number", min: "400", max: "599", value: "500", "aria-label": "HTTP" });
  const times = h("input", { type: "number", min: "1", value: "1", "aria-label": t("fault_times") });
  const set = async () => {
    const given = { endpoint: endpoint.value, mode: mode.value, status: Number(status.value), remaining: Number(times.value), seconds: 5 };
    if (await attempt(() => call("POST", "/faults", given))) toast(t("fault_set"));
  };
  const clear = async () => {
    if (await attempt(() => call("DELETE", "/faults"))) toast(t("fault_cleared"));
  };
  return h("section", { class: "account faults" }, h("h3", {}, t("faults")), h("p", {}, t("faults_body")), h("div", { class: "account-row" }, endpoint, mode, status, times, h("button", { type: "button", class: "primary", onclick: set }, t("fault_add")), h("button", { type: "button", class: "text-button", onclick: clear }, t("fault_clear"))));
}
