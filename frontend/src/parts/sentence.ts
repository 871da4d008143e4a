import { html, type TemplateResult } from "lit";

/**
 * Show a text of ours. All our languages are written from left to right, also on a page that is not, and also where a
 * sentence begins with a name that is not.
 */
export const sentence = (...text: unknown[]): TemplateResult => html`<span dir="ltr">${text}</span>`;
