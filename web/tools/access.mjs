// access.mjs: who may call what, from the contract's x-access, as a table the console hides things by.
// The server decides anyway; this only keeps what would be refused out of sight.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import yaml from "js-yaml";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const contract = yaml.load(readFileSync(join(root, "api/openapi.yaml"), "utf8"));
const table = {};
for (const [path, operations] of Object.entries(contract.paths)) {
  for (const [method, operation] of Object.entries(operations)) {
    const access = operation?.["x-access"];
    if (access && typeof access === "object" && access.roles) table[`${method} ${path}`] = access.roles;
  }
}
mkdirSync(join(root, "web/src/gen"), { recursive: true });
writeFileSync(join(root, "web/src/gen/access.json"), JSON.stringify(table));
