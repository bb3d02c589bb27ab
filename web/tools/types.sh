#!/bin/sh
# Types of requests and answers out of the contract, then the type check of everything.
set -e
cd "$(dirname "$0")/.."
node tools/words.mjs
node tools/access.mjs
node node_modules/openapi-typescript/bin/cli.js ../api/openapi.yaml -o src/gen/api.d.ts >/dev/null
exec node node_modules/typescript/bin/tsc --noEmit
