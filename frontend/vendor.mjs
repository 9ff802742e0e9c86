// Copies what browsers load from node_modules into trainingadmin/static/vendor, with licences and
// checksums, and draws our icon sprite from the names in icons.txt. Run by hand after changing a pin:
//   npm ci --ignore-scripts && npm run vendor
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const repository = dirname(here);
const staticFolder = join(repository, "trainingadmin", "static");
const pins = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const installed = (name) => join(here, "node_modules", name);

// destination folder, package, [[from, to], …]; a source starting with "./" lies beside this file
const parcels = [
  [join(staticFolder, "vendor"), "@tabler/core", "tabler",
    [["dist/css/tabler.min.css", "tabler.min.css"], ["./licences/tabler-core.txt", "LICENSE"]]],
  [join(staticFolder, "vendor"), "bootstrap", "bootstrap",
    [["dist/css/bootstrap.min.css", "bootstrap.min.css"], ["LICENSE", "LICENSE"]]],
  [join(staticFolder, "vendor"), "htmx.org", "htmx",
    [["dist/htmx.min.js", "htmx.min.js"], ["LICENSE", "LICENSE"]]],
  [join(staticFolder, "vendor"), "@tabler/icons", "tabler-icons",
    [["LICENSE", "LICENSE"]]],
  [join(repository, "tests", "browser", "vendor"), "axe-core", "axe-core",
    [["axe.min.js", "axe.min.js"], ["LICENSE", "LICENSE"], ["LICENSE-3RD-PARTY.txt", "LICENSE-3RD-PARTY.txt"]]],
];

function pinned(name) {
  const wanted = pins.dependencies[name] ?? pins.devDependencies[name];
  const found = JSON.parse(readFileSync(join(installed(name), "package.json"), "utf8")).version;
  if (wanted !== found) throw new Error(`${name}: pinned ${wanted}, installed ${found}; run npm ci`);
  return found;
}

function copyParcels() {
  for (const root of new Set(parcels.map(([folder]) => folder))) rmSync(root, { recursive: true, force: true });
  for (const [root, name, short, files] of parcels) {
    const folder = join(root, `${short}-${pinned(name)}`);
    mkdirSync(folder, { recursive: true });
    for (const [from, to] of files) {
      const source = from.startsWith("./") ? join(here, from) : join(installed(name), from);
      cpSync(source, join(folder, to));
    }
  }
}

function writeSums(root) {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "SHA256SUMS")
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
  const sums = files.map((file) => {
    const digest = createHash("sha256").update(readFileSync(join(root, file))).digest("hex");
    return `${digest}  ${file}\n`;
  });
  writeFileSync(join(root, "SHA256SUMS"), sums.join(""));
}

function drawSprite() {
  const names = readFileSync(join(here, "icons.txt"), "utf8").split("\n").filter(Boolean);
  const symbols = names.map((name) => {
    const drawing = readFileSync(join(installed("@tabler/icons"), "icons", "outline", `${name}.svg`), "utf8");
    const strokes = drawing.slice(drawing.indexOf(">") + 1, drawing.lastIndexOf("</svg>"))
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" \/>/, "")
      .replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${strokes}</symbol>\n`;
  });
  const heading = `<!-- Tabler Icons ${pinned("@tabler/icons")}, MIT; drawn by frontend/vendor.mjs -->\n`;
  const sprite = `${heading}<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("")}</svg>\n`;
  writeFileSync(join(staticFolder, "icons.svg"), sprite);
}

mkdirSync(staticFolder, { recursive: true });
copyParcels();
for (const root of new Set(parcels.map(([folder]) => folder))) writeSums(root);
drawSprite();
