#!/usr/bin/env bash
# first_plan.sh WINBACK [orders.csv …] [-- options of plan]: from orders to a win-back plan. Without a file the orders are
# those of a simulated shop.
set -euo pipefail
winback=$1
shift
files=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do files+=("$1"); shift; done
[ $# -gt 0 ] && shift
data=${WINBACK_DATA:-winback-data}
out=${WINBACK_OUT:-out}
say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

if [ ${#files[@]} = 0 ]; then
  data=$data/sample
  if [ ! -e "$data/shop/orders.csv" ]; then
    say "Simulating the sample shop"
    "$winback" simulate --customers 5000 --seed 1 --out "$data/shop" --data "$data" >&2
  fi
  say "Importing"
  for kind in products customers orders events spend; do
    "$winback" import "$kind" "$data/shop/$kind.csv" --data "$data" --rejects "$data/rejects-$kind.csv" >&2
  done
else
  for file in "${files[@]}"; do [ -r "$file" ] || { echo "there is no file $file" >&2; exit 1; }; done
  # Each file has a data folder of its own, so that trying one never mixes with another.
  data=$data/$(basename "${files[0]}" | sed 's/\..*//')
  say "Importing into $data"
  "$winback" import orders "${files[@]}" --data "$data" >&2
fi
say "Analyzing"
"$winback" analyze --data "$data" >&2
say "Planning"
"$winback" plan --data "$data" --out "$out" "$@"
say "In the browser: $winback serve --data $data"
