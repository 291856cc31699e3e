/** Words in the clerk's language, with numbers and times as printed on card and coupon (Latin digits). */

import type { CoreWords } from "./en";
import type { Key, MoreWords, Words } from "./en-more";
import { inUnits, packed, type Benefit } from "../flow/packs";
import type { Steps } from "../flow/decide";

export type { Key } from "./en-more";

/** Each language by its own name. All but English are drafts and need a native reader. */
export const LANGUAGES = { en: "English", fr: "Français", ar: "العربية", hi: "हिन्दी" } as const;
export type Language = keyof typeof LANGUAGES;

const LOADERS: Record<Language, () => Promise<CoreWords>> = {
  en: async () => (await import("./en")).en,
  fr: async () => (await import("./fr")).fr,
  ar: async () => (await import("./ar")).ar,
  hi: async () => (await import("./hi")).hi,
};

/** What the screens say that are not needed to begin a day. */
const MORE: Record<Language, () => Promise<MoreWords>> = {
  en: async () => (await import("./en-more")).enMore,
  fr: async () => (await import("./fr-more")).frMore,
  ar: async () => (await import("./ar-more")).arMore,
  hi: async () => (await import("./hi-more")).hiMore,
};

let wanted = false;
let words = {} as Words; // until `speak`, before anything is drawn
let language: Language = "en";
let zone: string | undefined;

export function isLanguage(name: string): name is Language {
  return name in LANGUAGES;
}

/** The language of the browser, if it is one of ours. */
export function preferred(): Language {
  return (navigator.languages ?? []).map((one) => one.slice(0, 2)).find(isLanguage) ?? "en";
}

export async function speak(name: Language): Promise<void> {
  const core = await LOADERS[name]();
  words = (wanted ? { ...core, ...(await MORE[name]()) } : core) as Words;
  language = name;
  document.documentElement.lang = name;
  document.documentElement.dir = name === "ar" ? "rtl" : "ltr";
}

/** Have the words of the rarer screens too, in this language and in every later one. */
export async function speakMore(): Promise<void> {
  if (wanted) return;
  words = { ...words, ...(await MORE[language]()) };
  wanted = true;
}

/** Times are those of the programme's zone, whatever the phone thinks. */
export function keepTimeOf(name: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    zone = name;
  } catch {
    zone = undefined;
  }
}

export function current(): Language {
  return language;
}

/** The words for `key`; {name} filled in, the form chosen by `n`. */
export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  return fill(words[key] ?? "", values, language);
}

/** What the server refused, in the clerk's language where its code is known, else in the server's own words. */
export function refusal({ code, message, remedy }: { code: string; message: string; remedy: string }): string {
  const known = ["malformed", "missing", "method"].includes(code) ? "update" : code;
  return words[`error.${known}` as Key] ?? `${message} ${remedy}`.trim();
}

export function fill(text: string, values: Readonly<Record<string, string | number>>, of: string): string {
  if (/^(zero|one|two|few|many|other):/.test(text)) {
    const forms = new Map(text.split("|").map((form) => [form.slice(0, form.indexOf(":")), form.slice(form.indexOf(":") + 1)]));
    text = forms.get(new Intl.PluralRules(of).select(Number(values.n))) ?? forms.get("other") ?? "";
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

function locale(): string {
  return `${language}-u-nu-latn-ca-gregory`;
}

export function clock(at: number): string {
  return new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(zone ? { timeZone: zone } : {}) }).format(at * 1000);
}

/** The time today, or the day and the time. */
export function when(at: number, now: number): string {
  const day = new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short", ...(zone ? { timeZone: zone } : {}) });
  const [then, today] = [day.format(at * 1000), day.format(now * 1000)];
  return then === today ? clock(at) : `${then} ${clock(at)}`;
}

/** "2008-03-31" as a day of the calendar. */
export function date(iso: string): string {
  return new Intl.DateTimeFormat(locale(), { day: "numeric", month: "long", timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`));
}

/** The same with its year. */
export function fullDate(iso: string): string {
  return new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`));
}

/** "2008-03" as a month; other periods as they are written. */
export function period(id: string): string {
  if (!/^\d{4}-\d{2}$/.test(id)) return id;
  return new Intl.DateTimeFormat(locale(), { month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${id}-01T00:00:00Z`));
}

export function benefitName(benefit: Benefit): string {
  // The policy's own title is in the language of the office; the common goods have names in every catalogue.
  return (language !== "en" && words[`benefit.${benefit.id}` as Key]) || benefit.title;
}

/** The name within a sentence: "grain", where the language writes it small. */
export function benefitWord(benefit: Benefit): string {
  const name = benefitName(benefit);
  return /^\p{Lu}\p{Ll}/u.test(name) ? name.charAt(0).toLocaleLowerCase(language) + name.slice(1) : name;
}

export function unitName(benefit: Benefit): string {
  const key = `unit.${benefit.unit}` as Key;
  return words[key] ?? benefit.unit;
}

/** A quantity with its unit: "8.5 kg". */
export function quantity(steps: number, benefit: Benefit): string {
  return `${inUnits(steps, benefit)} ${unitName(benefit)}`.trim();
}

/** The same in packs and loose: "1 pack of 15 kg, 2 kg loose"; empty where goods are not packed. */
export function inPacks(steps: number, benefit: Benefit): string {
  const { packs, loose } = packed(steps, benefit);
  if (!packs) return "";
  const said = t("packs", { n: packs, size: quantity(benefit.packSteps as number, benefit) });
  return loose ? t("and", { first: said, next: t("loose", { q: quantity(loose, benefit) }) }) : said;
}

/** "17 kg grain, 1 l oil" */
export function sum(items: Steps, benefits: readonly Benefit[]): string {
  const parts = benefits.filter(({ id }) => items[id]).map((one) => `${quantity(items[one.id] as number, one)} ${benefitWord(one)}`);
  return parts.reduce((first, next) => (first ? t("and", { first, next }) : next), "");
}
