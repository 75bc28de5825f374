// ZPL on standard input, a PNG in base 64 for each of its labels on standard output, a line each.
// usage: node render_zpl.cjs WIDTH_MM HEIGHT_MM DOTS_PER_MM
globalThis.crypto ??= require("node:crypto").webcrypto; // Node 18 keeps it there
const { readFileSync } = require("node:fs");
const { ready } = require("zpl-renderer-js");

ready.then(async ({ api }) => {
  const size = process.argv.slice(2).map(Number);
  const labels = await api.zplToBase64MultipleAsync(readFileSync(0, "latin1"), ...size);
  process.stdout.write(labels.join("\n") + "\n", () => process.exit(0));
});
