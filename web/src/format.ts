/// How numbers, money, days and shares are written: the one place that knows. Texts carry at most three significant digits,
/// tables are exact. The same forms as the report's (src/text/language.h).
export type Language = "en" | "zh-CN" | "zh-TW";
export interface Span {
  value: number;
  low: number;
  high: number;
}

const signs: Record<string, string> = { GBP: "£", USD: "$", EUR: "€", CNY: "¥", JPY: "¥", TWD: "NT$", HKD: "HK$", KRW: "₩", INR: "₹", AUD: "A$", CAD: "C$", SGD: "S$" };
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const dash = "–";

const known = (value: number | null | undefined): value is number => typeof value === "number" && Number.isFinite(value);

/// The currency's sign before a figure; Chinese writes the full-width ￥ of its own money.
export function sign(language: Language, currency: string): string {
  if (currency === "CNY" && language !== "en") return "￥";
  return signs[currency] ?? (currency ? currency + " " : "");
}

export function grouped(value: number, digits = 0): string {
  if (!known(value)) return dash;
  const text = Math.abs(value).toFixed(digits);
  const zero = Number(text) === 0;
  const [whole = "", rest] = text.split(".");
  return (value < 0 && !zero ? "−" : "") + whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",") + (rest ? "." + rest : "");
}

/// 541,909.
export const whole = (value: number | null | undefined): string => (known(value) ? grouped(Math.round(value)) : dash);

function significant(value: number): string {
  const rounded = Number(Math.abs(value).toPrecision(3));
  const digits = rounded === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(rounded)));
  const text = rounded.toFixed(Math.min(digits, 6));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : grouped(Number(text));
}

/// At most three significant digits: 12.3k, 1.23 万.
export function brief(language: Language, value: number | null | undefined): string {
  if (!known(value)) return dash;
  const size = Math.abs(Number(value.toPrecision(3)));
  const minus = value < 0 && size > 0 ? "−" : "";
  if (language === "en") {
    if (size >= 1e9) return `${minus}${significant(value / 1e9)}bn`;
    if (size >= 1e6) return `${minus}${significant(value / 1e6)}m`;
    if (size >= 1e4) return `${minus}${significant(value / 1e3)}k`;
  } else {
    const [ten, hundred] = language === "zh-CN" ? ["万", "亿"] : ["萬", "億"];
    if (size >= 1e8) return `${minus}${significant(value / 1e8)}\u00a0${language === "zh-CN" ? "亿" : hundred}`;
    if (size >= 1e4) return `${minus}${significant(value / 1e4)}\u00a0${language === "zh-CN" ? "万" : ten}`;
  }
  return minus + significant(value);
}

/// Money in running text: £6.10, £96, £4,180, £12.3k, ￥1.23 万.
export function money(language: Language, currency: string, value: number | null | undefined): string {
  if (!known(value)) return dash;
  const size = Math.abs(value);
  const minus = value < 0 && Number(size.toFixed(2)) > 0 ? "−" : "";
  const figure = size > 0.004 && size < 9.995 ? size.toFixed(2) : size < 99.5 ? grouped(Math.round(size)) : brief(language, size);
  return minus + sign(language, currency) + figure;
}

/// Money in tables: exact to the penny below 1,000, whole above unless `digits` says otherwise.
export function moneyExact(language: Language, currency: string, value: number | null | undefined, digits = 2): string {
  if (!known(value)) return dash;
  const minus = value < 0 && Number(Math.abs(value).toFixed(digits)) > 0 ? "−" : "";
  return minus + sign(language, currency) + grouped(Math.abs(value), digits);
}

/// "74 %" (English, as the report writes it), "74%"; one decimal below 10 %.
export function percent(language: Language, share: number | null | undefined): string {
  if (!known(share)) return dash;
  const hundred = Math.abs(share * 100);
  const figure = hundred > 0 && hundred < 9.95 ? hundred.toFixed(1).replace(/\.0$/, "") : hundred.toFixed(0);
  return (share < 0 && Number(figure) > 0 ? "−" : "") + figure + (language === "en" ? "\u00a0%" : "%");
}

/// "30 to 45 %" as a range of shares.
export function percentRange(language: Language, low: number | null | undefined, high: number | null | undefined): string {
  if (!known(low) || !known(high)) return dash;
  return language === "en" ? `${percent("en", low)} to ${percent("en", high)}` : `${percent(language, low)} 至 ${percent(language, high)}`;
}

export function moneyRange(language: Language, currency: string, low: number | null | undefined, high: number | null | undefined): string {
  if (!known(low) || !known(high)) return dash;
  return `${money(language, currency, low)}${language === "en" ? " to " : " 至 "}${money(language, currency, high)}`;
}

function parts(text: string | null | undefined): [number, number, number] | null {
  const found = /^(\d{4})-(\d\d)(?:-(\d\d))?/.exec(text ?? "");
  return found ? [Number(found[1]), Number(found[2]), Number(found[3] ?? "1")] : null;
}

/// "21 Nov 2026", "2026年11月21日" of a day or moment.
export function day(language: Language, text: string | null | undefined): string {
  const found = parts(text);
  if (!found) return dash;
  const [year, month, date] = found;
  return language === "en" ? `${date} ${months[month - 1]} ${year}` : `${year}年${month}月${date}日`;
}

/// "Nov 2026", "2026年11月".
export function month(language: Language, text: string | null | undefined): string {
  const found = parts(text);
  if (!found) return dash;
  return language === "en" ? `${months[found[1] - 1]} ${found[0]}` : `${found[0]}年${found[1]}月`;
}

/// "Nov", "11月"; with the year in January, as an axis wants it.
export function monthShort(language: Language, text: string | null | undefined): string {
  const found = parts(text);
  if (!found) return dash;
  const year = found[1] === 1 ? (language === "en" ? ` ${found[0]}` : "") : "";
  if (language === "en") return months[found[1] - 1] + year;
  return (found[1] === 1 ? `${found[0]}年` : "") + `${found[1]}月`;
}

/// A moment (RFC 3339) in the reader's own zone: "21 Nov 2026, 14:05".
export function moment(language: Language, text: string | null | undefined, zone?: string): string {
  if (!text) return dash;
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return dash;
  const fields = new Intl.DateTimeFormat("en-GB", { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone });
  const get = (type: string) => fields.formatToParts(at).find((part) => part.type === type)?.value ?? "";
  const date = day(language, `${get("year")}-${get("month")}-${get("day")}`);
  return `${date}${language === "en" ? ", " : " "}${get("hour")}:${get("minute")}`;
}

/// 570 MB, 12.3 KB.
export function bytes(value: number | null | undefined): string {
  if (!known(value)) return dash;
  const units = ["B", "KB", "MB", "GB", "TB"];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? size : Number(size.toPrecision(3))} ${units[unit]}`;
}

/// A text of the catalogue with its fields filled. {n} is a field; {n:customer|customers} chooses by a field's number.
export function fill(text: string, fields: Record<string, string | number>): string {
  return text.replace(/\{([a-z_0-9]+)(?::([^|}]*)\|([^}]*))?\}/g, (all, name: string, one?: string, many?: string) => {
    const value = fields[name];
    if (value === undefined) return all;
    if (one !== undefined) return value === 1 || value === "1" ? one : (many ?? "");
    return typeof value === "number" ? whole(value) : value;
  });
}

/// One line of CSV; cells a spreadsheet might execute are guarded with an apostrophe.
export function csvLine(cells: (string | number | null | undefined)[]): string {
  return cells.map((cell) => {
    if (cell === null || cell === undefined) return "";
    if (typeof cell === "number") return String(cell);
    const guarded = /^[=+\-@\t\r]/.test(cell) ? "'" + cell : cell;
    return /[",\n\r]/.test(guarded) ? `"${guarded.replace(/"/g, '""')}"` : guarded;
  }).join(",");
}
