/// The words of the chosen language, loaded alone; and the formats bound to it.
import { createContext, useContext } from "react";
import * as format from "./format";
import type { Language } from "./format";
import type { Key } from "./gen/keys";

export type { Language } from "./format";
export type { Key } from "./gen/keys";
export type Table = Record<string, string>;

export const languageNames: [Language, string][] = [["en", "English"], ["zh-CN", "简体中文"], ["zh-TW", "繁體中文"]];

const loaders: Record<Language, () => Promise<{ default: Table }>> = {
  en: () => import("./gen/words.en.json"),
  "zh-CN": () => import("./gen/words.zh-CN.json"),
  "zh-TW": () => import("./gen/words.zh-TW.json"),
};
const locales: Record<Language, () => Promise<{ default: object }>> = {
  en: () => Promise.resolve({ default: {} }),
  "zh-CN": () => import("antd/es/locale/zh_CN"),
  "zh-TW": () => import("antd/es/locale/zh_TW"),
};

export async function loadWords(language: Language): Promise<{ table: Table; locale: object }> {
  const [table, locale] = await Promise.all([loaders[language](), locales[language]()]);
  return { table: table.default, locale: locale.default };
}

export function speaker(language: Language, table: Table, currency: string) {
  return {
    language,
    currency,
    t: (key: Key, fields: Record<string, string | number> = {}): string => format.fill(table[key] ?? key, fields),
    /// The name of a value the program knows by an id ("stage", "lost"); an id nobody named stands as it is.
    named: (kind: string, id: string): string => table[`${kind}_${id}`] ?? id,
    has: (key: string): boolean => key in table,
    whole: format.whole,
    brief: (value: number | null | undefined) => format.brief(language, value),
    money: (value: number | null | undefined) => format.money(language, currency, value),
    exact: (value: number | null | undefined, digits = 2) => format.moneyExact(language, currency, value, digits),
    percent: (value: number | null | undefined) => format.percent(language, value),
    percents: (low: number | null | undefined, high: number | null | undefined) => format.percentRange(language, low, high),
    moneys: (low: number | null | undefined, high: number | null | undefined) => format.moneyRange(language, currency, low, high),
    day: (text: string | null | undefined) => format.day(language, text),
    month: (text: string | null | undefined) => format.month(language, text),
    monthShort: (text: string | null | undefined) => format.monthShort(language, text),
    moment: (text: string | null | undefined) => format.moment(language, text),
    bytes: format.bytes,
    list: (items: string[]) => items.join(language === "en" ? ", " : "、"),
  };
}
export type Speaker = ReturnType<typeof speaker>;

export const Words = createContext<Speaker>(speaker("en", {}, ""));
export const useWords = (): Speaker => useContext(Words);
