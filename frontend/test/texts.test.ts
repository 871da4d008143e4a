import { expect, it } from "vitest";
import { describePast } from "../src/cards/calls";
import { judge } from "../src/cards/wallboard";
import { languages, translate, type Localize } from "../src/texts";

const names = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

it("has every text in every language, with the same values in it", () => {
  for (const [language, texts] of Object.entries(languages)) {
    expect(Object.keys(texts), language).toEqual(Object.keys(languages.en));
    for (const [key, text] of Object.entries(texts)) {
      expect(names(text), `${language} ${key}`).toEqual(names(languages.en[key as keyof typeof texts]));
      expect(text.trim()).not.toBe("");
    }
  }
});

it("speaks English where it does not know a language, and leaves values as they are", () => {
  expect(translate("xx", "call.ringing", { who: "{who} <b>" })).toBe("{who} <b> is calling");
  expect(translate("de-AT", "dnd.on")).toBe("Ein");
});

it("tells every outcome of a call as a sentence in every language", () => {
  const outcomes = ["answered", "missed", "answered_elsewhere", "voicemail", "busy", "no_answer", "failed", "transferred", "lost", null];
  for (const language of Object.keys(languages)) {
    const t: Localize = (key, values) => translate(language, key, values);
    for (const outcome of outcomes) {
      for (const role of ["caller", "callee", null] as const) {
        const party = { name: "Anna", number: null };
        const call = { role, outcome, caller: party, called: { name: "Björn", number: "202" } };
        expect(describePast(t, call as never, (party) => party.name!)).toMatch(/Anna|Björn/);
      }
    }
  }
});

it("judges by two thresholds", () => {
  expect([0, 2, 5].map((value) => judge(value, 2, 5))).toEqual(["good", "warning", "alert"]);
});
