import { css } from "lit";

/** What all cards share. Colours come from the theme; signs and words say the same as every colour. */
export const shared = css`
  :host {
    display: block;
    height: 100%;
    --pbx-good: #2e7d32;
    --pbx-bad: #c62828;
    --pbx-warn: #b45309;
    --pbx-line: var(--divider-color, #e0e0e0);
    color: var(--primary-text-color);
  }
  :host([dark]) {
    --pbx-good: #4caf50;
    --pbx-bad: #ef5350;
    --pbx-warn: #ffb74d;
  }
  ha-card {
    height: 100%;
    box-sizing: border-box;
    display: flex;
    flex-direction: column;
    overflow: hidden;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    padding: 12px 16px 4px;
  }
  h2 {
    flex: 1 1 auto;
    margin: 0;
    font-size: 1.15em;
    font-weight: 500;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .body {
    flex: 1 1 auto;
    min-height: 0;
    padding: 8px 16px 16px;
    overflow: auto;
  }
  /* The long lists of a whole office would bury all that stands beside them. */
  :host([preview]) .body {
    max-height: 420px;
  }
  .empty {
    color: var(--secondary-text-color);
    padding: 16px 0;
    text-align: center;
  }
  .quiet {
    color: var(--secondary-text-color);
  }
  .sr {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  button,
  input,
  select {
    font: inherit;
    color: inherit;
  }
  button {
    cursor: pointer;
    background: none;
    border: 1px solid var(--pbx-line);
    border-radius: 18px;
    min-height: 36px;
    padding: 0 14px;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    --mdc-icon-size: 20px;
    touch-action: manipulation;
    white-space: nowrap;
  }
  button:hover {
    background: color-mix(in srgb, var(--primary-text-color) 8%, transparent);
  }
  button:disabled {
    cursor: default;
    opacity: 0.5;
  }
  button.icon {
    width: 40px;
    min-height: 40px;
    padding: 0;
    border-radius: 50%;
    border-color: transparent;
    flex: none;
  }
  button.good,
  button.bad {
    color: #fff;
    border-color: transparent;
    background: #2e7d32;
  }
  button.bad {
    background: #c62828;
  }
  button.good:hover {
    background: #1b5e20;
  }
  button.bad:hover {
    background: #a31515;
  }
  button[aria-pressed="true"],
  button[aria-expanded="true"],
  button[aria-selected="true"] {
    background: color-mix(in srgb, var(--primary-color) 22%, transparent);
    border-color: var(--primary-color);
  }
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  input[type="search"],
  input[type="text"],
  input[type="tel"],
  select {
    box-sizing: border-box;
    min-height: 40px;
    width: 100%;
    padding: 0 12px;
    border: 1px solid var(--pbx-line);
    border-radius: 20px;
    background: var(--card-background-color, #fff);
  }
  input::placeholder {
    color: var(--secondary-text-color);
    opacity: 1;
  }
  ul {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 48px;
    border-bottom: 1px solid var(--pbx-line);
  }
  .row:last-child {
    border-bottom: none;
  }
  .grow {
    flex: 1 1 auto;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .note {
    display: flex;
    gap: 8px;
    align-items: center;
    padding: 8px 16px;
    background: color-mix(in srgb, var(--pbx-warn) 16%, transparent);
  }
  img.face {
    flex: none;
    width: 36px;
    height: 36px;
    border-radius: 50%;
    object-fit: cover;
  }
  .group {
    padding: 0 8px;
    border: 1px solid var(--pbx-line);
    border-radius: 10px;
    font-size: 0.85em;
    white-space: nowrap;
  }
  h3 {
    margin: 16px 0 4px;
    font-size: 1em;
    font-weight: 500;
  }
  input[type="checkbox"] {
    flex: none;
    width: 22px;
    height: 22px;
    margin: 0;
    accent-color: var(--primary-color);
  }
  bdi {
    unicode-bidi: isolate;
  }
`;

/** The sign, and the colour beside it, of each status. */
export const STATUS_ICONS: Record<string, string> = {
  idle: "mdi:check-circle",
  dialing: "mdi:phone-outgoing",
  ringing: "mdi:phone-ring",
  talking: "mdi:phone-in-talk",
  on_hold: "mdi:pause-circle",
  busy: "mdi:minus-circle",
  offline: "mdi:close-circle-outline",
  unknown: "mdi:help-circle-outline",
};
export const STATUS_COLORS: Record<string, string> = {
  idle: "var(--pbx-good)",
  dialing: "var(--pbx-warn)",
  ringing: "var(--pbx-warn)",
  talking: "var(--pbx-bad)",
  on_hold: "var(--pbx-warn)",
  busy: "var(--pbx-bad)",
  offline: "var(--secondary-text-color)",
  unknown: "var(--secondary-text-color)",
};
