// The page's texts come from the server's catalogue.

let texts = {};
export let language = "zh-TW";

export async function loadTexts() {
  const wanted = new URLSearchParams(location.search).get("lang") ?? "";
  const answer = await fetch(`/_simulator/texts?lang=${encodeURIComponent(wanted)}`);
  ({ texts, language } = await answer.json());
  document.documentElement.lang = language === "en" ? "en" : "zh-Hant-TW";
}

export function t(name, values = {}) {
  const text = texts[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

export function clockTime(milliseconds) {
  return new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit", hour12: language !== "en" }).format(milliseconds);
}

export function exactTime(milliseconds) {
  const when = new Date(milliseconds);
  return `${when.toLocaleTimeString("en-GB")}.${String(when.getMilliseconds()).padStart(3, "0")}`;
}

export function dayName(milliseconds) {
  return new Intl.DateTimeFormat(language, { month: "numeric", day: "numeric", weekday: "short" }).format(milliseconds);
}
