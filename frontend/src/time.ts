import { LitElement, html } from "lit";
import type { Hass } from "./types";

/** Return a time span as people read it on a telephone: 0:07, 12:34, 1:02:03. */
export function formatSpan(milliseconds: number): string {
  const all = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor(all / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
}

/** How Home Assistant names the clocks that a user can choose; others follow the language. */
const CLOCKS: Record<string, Intl.DateTimeFormatOptions> = { "12": { hourCycle: "h12" }, "24": { hourCycle: "h23" } };

/** Return a moment by the language, clock and time zone of the user; the day is left out where it is that of `now`. */
export function formatMoment(hass: Hass, moment: string, now: number): string {
  const { language, time_format: clock = "", time_zone: zone } = hass.locale;
  const timeZone = zone === "server" ? hass.config?.time_zone : undefined;
  const { hourCycle } = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
  const chosen = clock === "system" ? { hourCycle } : CLOCKS[clock];
  const day = (time: Date): string => time.toLocaleDateString("en", { timeZone });
  const date = new Date(moment);
  const isToday = day(date) === day(new Date(now));
  return date.toLocaleString(language, { timeStyle: "short", timeZone, ...chosen, ...(isToday ? {} : { dateStyle: "short" }) });
}

const ticking = new Set<PbxTimer>();
let ticker = 0;

function tick(): void {
  for (const timer of ticking) timer.requestUpdate();
  // Just after the next full second, so that all timers on a page turn together.
  ticker = ticking.size ? window.setTimeout(tick, 1000 - (Date.now() % 1000)) : 0;
}

/** A running timer; it redraws nothing but itself, and screen readers are spared it. */
export class PbxTimer extends LitElement {
  static override properties = { since: {}, ahead: { type: Number } };
  declare since: string;
  declare ahead: number;

  constructor() {
    super();
    this.ahead = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    ticking.add(this);
    if (!ticker) tick();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    ticking.delete(this);
  }

  override render() {
    return html`<span aria-hidden="true" style="font-variant-numeric:tabular-nums"
      >${formatSpan(Date.now() + this.ahead - Date.parse(this.since))}</span
    >`;
  }
}
