// Stickers of our own: a round little figure in different moods, drawn here so that no font and no
// network is needed. The keys are package and sticker ids that LINE lets bots send.

const FACES = {
  "446 1988": { colour: "#ffd84d", eyes: "open", mouth: "smile" },
  "446 1989": { colour: "#ffb3c7", eyes: "happy", mouth: "grin" },
  "446 1990": { colour: "#8fd8ff", eyes: "happy", mouth: "laugh" },
  "446 2000": { colour: "#c7b6ff", eyes: "shut", mouth: "flat" },
  "789 10855": { colour: "#9be08a", eyes: "wink", mouth: "smile" },
  "789 10877": { colour: "#9fc3f5", eyes: "sad", mouth: "frown", tears: true },
  "6325 10979904": { colour: "#ff9aa8", eyes: "heart", mouth: "grin" },
  "6325 10979912": { colour: "#ffd84d", eyes: "wink", mouth: "grin", blush: true },
  "8515 16581242": { colour: "#b8e986", eyes: "happy", mouth: "laugh", blush: true },
  "11537 52002734": { colour: "#f3c9a5", eyes: "shut", mouth: "small", blush: true },
  "11538 51626501": { colour: "#d9dee6", eyes: "up", mouth: "flat" },
  "11539 52114110": { colour: "#a8b8e8", eyes: "shut", mouth: "small", asleep: true },
};

export const STICKERS = Object.keys(FACES);

const EYES = {
  open: '<circle cx="37" cy="50" r="4.500"/><circle cx="63" cy="50" r="4.500"/>',
  up: '<circle cx="40" cy="46" r="4.500"/><circle cx="66" cy="46" r="4.500"/>',
  happy: '<path d="M30 52q7-9 14 0M56 52q7-9 14 0"/>',
  shut: '<path d="M30 49q7 6 14 0M56 49q7 6 14 0"/>',
  wink: '<circle cx="37" cy="50" r="4.500"/><path d="M56 51q7-8 14 0"/>',
  sad: '<path d="M31 47l12 5M69 47l-12 5"/>',
  heart: '<path class="heart" d="M37 57c-11-8-8-15-3.500-14 2 .3 3 2 3.500 3 .5-1 1.500-2.700 3.500-3 4.500-1 7.500 6-3.500 14zM63 57c-11-8-8-15-3.500-14 2 .3 3 2 3.500 3 .5-1 1.500-2.700 3.500-3 4.500-1 7.500 6-3.500 14z"/>',
};
const MOUTHS = {
  smile: '<path d="M40 63q10 9 20 0"/>',
  grin: '<path class="full" d="M37 62h26q-2 15-13 15t-13-15z"/>',
  laugh: '<path class="full" d="M34 60h32q-2 20-16 20t-16-20z"/>',
  flat: '<path d="M42 67h16"/>',
  frown: '<path d="M41 70q9-9 18 0"/>',
  small: '<path d="M46 66q4 4 8 0"/>',
};

export function stickerPicture(packageId, stickerId) {
  const face = FACES[`${packageId} ${stickerId}`];
  if (!face) return null;
  // All of this markup is the constants above; nothing of a message goes into it.
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" class="figure" aria-hidden="true">
    <g class="ink"><path d="M24 30C18 14 30 10 37 22M76 30C82 14 70 10 63 22" fill="${face.colour}"/>
    <path d="M50 17c24 0 38 16 38 37S74 92 50 92 12 75 12 54s14-37 38-37z" fill="${face.colour}"/></g>
    ${face.blush ? '<g fill="#ff8f8f" opacity=".55"><ellipse cx="27" cy="63" rx="6" ry="4"/><ellipse cx="73" cy="63" rx="6" ry="4"/></g>' : ""}
    <g class="ink features">${EYES[face.eyes]}${MOUTHS[face.mouth]}</g>
    ${face.tears ? '<path d="M31 56q-6 9 0 11t0-11zM69 56q6 9 0 11t0-11z" fill="#3aa0ff"/>' : ""}
    ${face.asleep ? '<text x="72" y="24" font-size="17" font-weight="700" fill="#3b4a66">Z</text><text x="84" y="14" font-size="12" font-weight="700" fill="#3b4a66">z</text>' : ""}
  </svg>`;
  return document.importNode(new DOMParser().parseFromString(svg, "image/svg+xml").documentElement, true);
}
