// Dialogs, menus and short notes.

import { h } from "./dom.js";
import { t } from "./texts.js";

export function toast(words, bad = false) {
  const note = h("div", { class: bad ? "toast bad" : "toast", role: "status" }, words);
  document.body.append(note);
  setTimeout(() => note.remove(), 3200);
}

// Runs something that may be refused by the platform, and says so.
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    toast(t("refused", { reason: error.message }), true);
    return null;
  }
}

export function ask(title, ...content) {
  return new Promise((answer) => {
    const dialog = h(
      "dialog",
      { class: "dialog", "aria-label": title },
      h("form", { method: "dialog" }, h("h2", {}, title), content, h("div", { class: "dialog-actions" }, h("button", { value: "no" }, t("cancel")), h("button", { value: "yes", class: "primary" }, t("ok")))),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      answer(dialog.returnValue === "yes");
    });
    dialog.returnValue = "no";
    document.body.append(dialog);
    dialog.showModal();
    const yes = dialog.querySelector("button.primary");
    dialog.querySelectorAll("input").forEach((input) =>
      input.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        yes.click();
      }),
    );
    dialog.querySelector("input, select, button.primary")?.focus();
  });
}

export async function askText(title, label, value = "") {
  const input = h("input", { type: "text", value, "aria-label": label, placeholder: label, maxlength: "100" });
  return (await ask(title, input)) ? input.value.trim() : "";
}

export function menu(anchor, entries) {
  document.querySelector(".menu")?.remove();
  const box = anchor.getBoundingClientRect();
  const close = () => {
    list.remove();
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("keydown", escape, true);
  };
  const outside = (event) => (list.contains(event.target) ? null : close());
  const escape = (event) => (event.key === "Escape" ? close() : null);
  const list = h(
    "div",
    { class: "menu", role: "menu" },
    entries.filter(Boolean).map(({ label, run, danger, checked }) =>
      h("button", { type: "button", role: "menuitem", class: `${danger ? "danger" : ""}${checked ? " checked" : ""}`, onclick: () => (close(), run()) }, label),
    ),
  );
  document.body.append(list);
  const left = Math.min(box.left, innerWidth - list.offsetWidth - 8);
  const below = box.bottom + list.offsetHeight + 6 < innerHeight;
  list.style.left = `${Math.max(8, left)}px`;
  list.style.top = below ? `${box.bottom + 4}px` : `${Math.max(8, box.top - list.offsetHeight - 4)}px`;
  list.querySelector("button")?.focus();
  setTimeout(() => {
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("keydown", escape, true);
  });
}
