// A file of the person's own as a message with content that the bot can download.

// The control API takes 20 MB of JSON, in which the bytes stand as base64.
export const MAX_BYTES = 14 * 1024 * 1024;
const UNKNOWN_LENGTH = 1000;
const STEP = 32768;

export async function stepFor(file) {
  const data = btoa(await binary(file));
  const contentProvider = { type: "line" };
  const content_type = file.type || "application/octet-stream";
  if (file.type.startsWith("image/")) return { content: { type: "image", contentProvider }, data, content_type };
  if (file.type.startsWith("audio/")) return { content: { type: "audio", duration: await length(file, "audio"), contentProvider }, data, content_type };
  if (file.type.startsWith("video/")) return { content: { type: "video", duration: await length(file, "video"), contentProvider }, data, content_type };
  return { content: { type: "file", fileName: file.name, fileSize: file.size }, data, content_type };
}

async function binary(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let start = 0; start < bytes.length; start += STEP) text += String.fromCharCode(...bytes.subarray(start, start + STEP));
  return text;
}

// How long a recording lasts in milliseconds, as far as the browser can tell.
function length(file, kind) {
  const player = document.createElement(kind);
  const url = URL.createObjectURL(file);
  return new Promise((tell) => {
    const done = () => {
      URL.revokeObjectURL(url);
      tell(Number.isFinite(player.duration) && player.duration > 0 ? Math.round(player.duration * 1000) : UNKNOWN_LENGTH);
    };
    player.addEventListener("loadedmetadata", done, { once: true });
    player.addEventListener("error", done, { once: true });
    player.preload = "metadata";
    player.src = url;
  });
}
