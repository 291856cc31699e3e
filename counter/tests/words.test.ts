/** The catalogues say the same in four languages: every key, every value in it, every form a number can take. */

import { describe, expect, it } from "vitest";
import { ar as arCore } from "../src/words/ar";
import { arMore } from "../src/words/ar-more";
import { en as enCore } from "../src/words/en";
import { enMore } from "../src/words/en-more";
import { fr as frCore } from "../src/words/fr";
import { frMore } from "../src/words/fr-more";
import { hi as hiCore } from "../src/words/hi";
import { hiMore } from "../src/words/hi-more";
import { fill } from "../src/words";

const [en, fr, ar, hi] = [{ ...enCore, ...enMore }, { ...frCore, ...frMore }, { ...arCore, ...arMore }, { ...hiCore, ...hiMore }];

const names = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string))].sort();

describe.each(Object.entries({ fr, ar, hi }))("%s", (language, words) => {
  it("has every key of English, and no other", () => {
    expect(Object.keys(words).sort()).toEqual(Object.keys(en).sort());
  });
  it.each(Object.keys(en) as (keyof typeof en)[])("%s names the same values", (key) => {
    const said = names(words[key]);
    expect(said.filter((name) => name !== "n")).toEqual(names(en[key]).filter((name) => name !== "n"));
    expect(en[key].trim() === "").toBe(words[key].trim() === "");
  });
  it("has a form for every number", () => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, text] of Object.entries(words)) {
      if (!/^(zero|one|two|few|many|other):/.test(text)) continue;
      const have = text.split("|").map((form) => form.split(":")[0]);
      // "many" of French is for millions
      expect(forms.filter((form) => !have.includes(form) && !(language === "fr" && form === "many")), key).toEqual([]);
    }
  });
});

it("a text takes the form of its number, in the rules of its language", () => {
  expect(fill(en.people, { n: 1 }, "en")).toBe("1 person");
  expect(fill(en.people, { n: 6 }, "en")).toBe("6 people");
  expect(fill(ar.people, { n: 2 }, "ar")).toBe("فردان");
  expect(fill(ar.people, { n: 6 }, "ar")).toBe("6 أفراد");
  expect(fill(fr.people, { n: 0 }, "fr")).toBe("0 personne");
  expect(fill(fr.people, { n: 2_000_000 }, "fr")).toBe("2000000 personnes");
});
