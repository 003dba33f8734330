// The first steps that the host process offers.

import { h, icon, iconButton } from "./dom.js";
import { t } from "./texts.js";
import { call, channelOf } from "./store.js";
import { attempt } from "./dialogs.js";

export function renderGuide(guide, host) {
  if (!guide) return null;
  const steps = guide.steps.map((step, number) =>
    h(
      "li",
      { class: "guide-step" },
      h("h3", {}, step.title),
      h("p", {}, step.body),
      step.actions.map((action, place) => ACTIONS[action.kind](action, `/guide/${number}/${place}`, host)),
    ),
  );
  return h("aside", { class: "guide", "aria-label": guide.title }, h("header", {}, h("h2", {}, guide.title), iconButton("close", t("close"), () => host.toggleGuide())), h("p", { class: "guide-body" }, guide.body), h("ol", {}, steps));
}

const ACTIONS = { say, provision, link };

function link(action) {
  return h("p", { class: "guide-action" }, h("a", { href: action.url, target: "_blank", rel: "noopener" }, action.label));
}

function say(action, path, host) {
  const lines = action.lines.map((line) => h("li", {}, h("b", {}, line.person), ` → ${channelOf(line.channel_id)?.name ?? ""}`, line.texts.map((text) => h("q", {}, text))));
  const run = async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    const answer = await attempt(() => call("POST", `${path}/say`, {}));
    button.disabled = false;
    if (!answer) return;
    host.showColumns(answer.columns);
    button.classList.add("done");
  };
  return h("div", { class: "guide-action" }, h("ul", { class: "guide-lines" }, lines), h("button", { type: "button", class: "primary", onclick: run }, action.label));
}

function provision(action, path, host) {
  const name = h("input", { type: "text", value: action.store_name, "aria-label": t("store_name"), maxlength: "100" });
  const result = h("div", { class: "guide-result" });
  const run = async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    const given = await attempt(() => call("POST", `${path}/provision`, { store_name: name.value.trim() }));
    button.disabled = false;
    if (given) result.replaceChildren(...shown(given.answer, action, path, host));
  };
  return h("div", { class: "guide-action" }, h("label", { class: "field-label" }, t("store_name"), name), h("button", { type: "button", class: "primary", onclick: run }, action.label), result);
}

function shown(answer, action, path, host) {
  const json = h("details", { class: "guide-json", open: true }, h("summary", {}, t("answer_json")), h("pre", {}, JSON.stringify(answer, null, 2)));
  const code = answer.binding?.code;
  if (!code) return [json];
  const own = async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    const given = await attempt(() => call("POST", `${path}/own`, { code }));
    if (!given) {
      button.disabled = false;
      return;
    }
    host.showColumns(given.columns);
    json.open = false;
    button.replaceChildren(icon("check"), action.owner_label);
  };
  return [json, h("button", { type: "button", class: "primary", onclick: own }, action.owner_label)];
}
