#!/usr/bin/env bash
# Static checks: layers, length of files, format, and clang-tidy on the files changed against the main branch's last commit.
set -uo pipefail
cd "$(dirname "$0")/.."
status=0
python3 tools/layers.py || status=1
git ls-files '*.cc' '*.h' | xargs wc -l | awk '$2 != "total" && $1 > 800 { print $2 ": " $1 " lines; look for the second idea in it"; bad = 1 } END { exit bad }' || status=1
changed=$(git diff --name-only HEAD~1 -- '*.cc' '*.h' | while read -r f; do [ -f "$f" ] && echo "$f"; done)
if [ -n "$changed" ]; then
  echo "$changed" | xargs clang-format --dry-run --Werror || status=1
  sources=$(echo "$changed" | grep '\.cc$' || true)
  [ -z "$sources" ] || echo "$sources" | xargs clang-tidy -p build/dev --quiet 2>/dev/null || status=1
fi
exit $status
