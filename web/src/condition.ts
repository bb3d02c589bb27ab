/// Conditions of segments as rows and as text: `spend > 100 and (stage = lost or stage = lapsed_heavy)`. Rows are groups
/// joined by "and", each of comparisons joined by "or", or the other way round; a text beyond that stays a text.
export interface Comparison {
  field: string;
  sign: string;
  value: string;
}
export interface Rows {
  join: "and" | "or";
  groups: Comparison[][];
}
export const signs = ["=", "!=", "<", "<=", ">", ">="] as const;

/// A text value as the condition language wants it: bare when it is one word, quoted otherwise.
export function quoted(value: string): string {
  if (/^[A-Za-z0-9_\u0080-\uffff]+$/.test(value)) return value;
  return value.includes("'") ? `"${value.replaceAll('"', "")}"` : `'${value}'`;
}

const isNumber = (text: string) => /^-?\d+(\.\d+)?$/.test(text);

export function writeComparison(one: Comparison, text: boolean): string {
  return `${one.field} ${one.sign} ${text ? quoted(one.value) : one.value}`;
}

/// The text of rows; rows without a value are left out.
export function writeRows(rows: Rows, isText: (field: string) => boolean): string {
  const inner = rows.join === "and" ? "or" : "and";
  const groups = rows.groups
    .map((group) => group.filter((one) => one.field !== "" && one.value.trim() !== "" && (isText(one.field) || isNumber(one.value.trim()))))
    .filter((group) => group.length > 0)
    .map((group) => ({ text: group.map((one) => writeComparison({ ...one, value: one.value.trim() }, isText(one.field))).join(` ${inner} `), many: group.length > 1 }));
  return groups.map((group) => (group.many && groups.length > 1 && inner === "or" ? `(${group.text})` : group.text)).join(` ${rows.join} `);
}

type Token = { kind: "word" | "sign" | "text" | "open" | "close"; text: string };

function tokens(source: string): Token[] | null {
  const found: Token[] = [];
  const pattern = /\s*(?:(!=|<>|<=|>=|==|=|<|>)|(\()|(\))|'([^']*)'|"([^"]*)"|(-?[A-Za-z0-9_.\u0080-\uffff]+))/y;
  while (source.slice(pattern.lastIndex).trim() !== "") {
    const match = pattern.exec(source);
    if (!match) return null;
    if (match[1]) found.push({ kind: "sign", text: match[1] === "<>" ? "!=" : match[1] === "==" ? "=" : match[1] });
    else if (match[2]) found.push({ kind: "open", text: "(" });
    else if (match[3]) found.push({ kind: "close", text: ")" });
    else if (match[6]) found.push({ kind: "word", text: match[6] });
    else found.push({ kind: "text", text: match[4] ?? match[5] ?? "" });
  }
  return found;
}

type Tree = { kind: "one"; one: Comparison } | { kind: "and" | "or"; parts: Tree[] };

/// The rows of a text; null when it is not of their form (not, deeper nesting, bare names).
export function readRows(source: string): Rows | null {
  if (source.trim() === "") return { join: "and", groups: [] };
  const list = tokens(source);
  if (!list) return null;
  let at = 0;
  const word = (text: string) => list[at]?.kind === "word" && list[at]?.text === text;
  const joined = (kind: "and" | "or", next: () => Tree | null): Tree | null => {
    const first = next();
    if (!first) return null;
    const parts = [first];
    while (word(kind)) {
      at += 1;
      const more = next();
      if (!more) return null;
      parts.push(more);
    }
    return parts.length === 1 ? first : { kind, parts: parts.flatMap((part) => (part.kind === kind ? part.parts : [part])) };
  };
  const single = (): Tree | null => {
    if (list[at]?.kind === "open") {
      at += 1;
      const inner = either();
      if (!inner || list[at]?.kind !== "close") return null;
      at += 1;
      return inner;
    }
    const [field, sign, value] = [list[at], list[at + 1], list[at + 2]];
    if (field?.kind !== "word" || sign?.kind !== "sign" || (value?.kind !== "word" && value?.kind !== "text")) return null;
    at += 3;
    return { kind: "one", one: { field: field.text, sign: sign.text, value: value.text } };
  };
  const both = () => joined("and", single);
  const either = (): Tree | null => joined("or", both);
  const tree = either();
  if (!tree || at !== list.length) return null;
  if (tree.kind === "one") return { join: "and", groups: [[tree.one]] };
  const groups: Comparison[][] = [];
  for (const part of tree.parts) {
    if (part.kind === "one") groups.push([part.one]);
    else {
      const flat = part.parts.map((leaf) => (leaf.kind === "one" ? leaf.one : null));
      if (flat.some((leaf) => leaf === null)) return null;
      groups.push(flat as Comparison[]);
    }
  }
  return { join: tree.kind, groups };
}
