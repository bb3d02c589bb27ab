// A TypeScript module of src/ for a test: compiled in memory with what it imports of ours.
import { build } from "vite";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../src");

export async function load(name) {
  const made = await build({ configFile: false, root, logLevel: "silent", build: { write: false, minify: false, target: "es2022", lib: { entry: join(root, name), formats: ["es"] } } });
  const code = made[0].output[0].code;
  return import("data:text/javascript;base64," + Buffer.from(code).toString("base64"));
}
