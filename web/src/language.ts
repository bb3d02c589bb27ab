/// The nearest of our languages to what the browser asks for.
export function nearest(wanted: readonly string[]): "en" | "zh-CN" | "zh-TW" {
  for (const one of wanted) {
    if (/^zh\b.*\b(TW|HK|MO|Hant)\b/i.test(one)) return "zh-TW";
    if (/^zh\b/i.test(one)) return "zh-CN";
    if (/^en\b/i.test(one)) return "en";
  }
  return "en";
}
