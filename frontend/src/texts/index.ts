import de from "./de.json";
import en from "./en.json";
import es from "./es.json";
import fr from "./fr.json";
import it from "./it.json";
import nl from "./nl.json";
import type { Hass } from "../types";

export type TextKey = keyof typeof en;
export type Texts = Record<TextKey, string>;

export const languages: Record<string, Texts> = { de, en, es, fr, it, nl };

/** Return a text in the language of the user, filled with values; it is text and never markup. */
export function translate(language: string, key: TextKey, values: Record<string, unknown> = {}): string {
  const texts = languages[language] ?? languages[language.split("-")[0]] ?? en;
  return texts[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

export type Localize = (key: TextKey, values?: Record<string, unknown>) => string;

export function localizer(hass: Hass | undefined): Localize {
  const language = hass?.locale?.language ?? hass?.language ?? "en";
  return (key, values) => translate(language, key, values);
}

/** Return a localizer for what is announced before there is a Home Assistant object. */
export function pageLocalizer(): Localize {
  let stored: string | null = null;
  try {
    stored = JSON.parse(localStorage.getItem("selectedLanguage") ?? "null") as string | null;
  } catch {
    // Without storage the language of the browser counts.
  }
  const language = stored ?? navigator.language;
  return (key, values) => translate(language, key, values);
}
