// What happens when something in a message is tapped.

import { h } from "./dom.js";
import { t } from "./texts.js";
import { act, store } from "./store.js";
import { ask, toast } from "./dialogs.js";

export async function perform(action, column) {
  const where = column.where();
  switch (action?.type) {
    case "message":
      return act({ do: "say", ...where, text: action.text });
    case "postback":
      if (action.fillInText) column.fill(action.fillInText);
      return act({ do: "postback", ...where, data: action.data, display_text: action.displayText ?? action.text ?? null });
    case "uri":
      return openUri(action.uri, column);
    case "datetimepicker":
      return pickTime(action, where);
    case "clipboard":
      await navigator.clipboard?.writeText(action.clipboardText).catch(() => null);
      return toast(t("copied"));
    case "location":
      return column.composer.location();
    case "camera":
    case "cameraRoll":
      return column.composer.picture();
    default:
      return null;
  }
}

// https://line.me/R/oaMessage/@id/?text opens the account's chat with the text typed in.
const DEEP_LINK = /^(?:https:\/\/line\.me\/R|line:\/)\/oaMessage\/([^/?]+)\/?\??(.*)$/;

export function openUri(uri, column) {
  const found = DEEP_LINK.exec(uri);
  const channel = found && store.channels.find((one) => one.basic_id === decodeURIComponent(found[1]));
  if (channel) {
    column.open({ channelId: channel.channel_id, chatId: column.userId });
    column.fill(decodeURIComponent(found[2]));
    return;
  }
  if (/^https?:\/\//.test(uri)) window.open(uri, "_blank", "noopener,noreferrer");
  toast(t("opens", { uri }));
}

async function pickTime(action, where) {
  const type = { date: "date", time: "time", datetime: "datetime-local" }[action.mode];
  const input = h("input", { type, value: (action.initial ?? "").replace("t", "T"), min: action.min, max: action.max, "aria-label": action.label ?? "" });
  if (!(await ask(action.label ?? "", input)) || !input.value) return;
  await act({ do: "postback", ...where, data: action.data, params: { [action.mode]: input.value } });
}
