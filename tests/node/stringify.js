// Reads a JSON text a line and prints what JavaScript makes of it when it is parsed and printed again.
"use strict";

const lines = require("node:readline").createInterface({ input: process.stdin, crlfDelay: Infinity });
let out = [];
lines.on("line", (line) => {
  out.push(JSON.stringify(JSON.parse(line)));
  if (out.length === 1000) {
    process.stdout.write(out.join("\n") + "\n");
    out = [];
  }
});
lines.on("close", () => process.stdout.write(out.length ? out.join("\n") + "\n" : ""));
