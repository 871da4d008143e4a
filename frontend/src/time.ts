import { LitElement, html } from "lit";

/** Return a time span as people read it on a telephone: 0:07, 12:34, 1:02:03. */
export function formatSpan(milliseconds: number): string {
  const all = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor(all / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
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
