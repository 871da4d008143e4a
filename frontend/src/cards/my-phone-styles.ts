import { css } from "lit";

export const myPhoneStyles = css`
  .call {
    margin: 4px 0 12px;
    padding: 16px;
    border-radius: 16px;
    background: color-mix(in srgb, var(--primary-color) 12%, transparent);
  }
  .call.ringing {
    background: color-mix(in srgb, var(--pbx-warn) 18%, transparent);
  }
  .caller {
    display: flex;
    align-items: center;
    gap: 12px;
    font-size: 1.9em;
    line-height: 1.2;
    overflow-wrap: anywhere;
  }
  .caller .face {
    width: 56px;
    height: 56px;
  }
  .sent {
    min-height: 1.4em;
    margin-top: 12px;
    text-align: center;
    font-size: 1.2em;
    letter-spacing: 0.15em;
    direction: ltr;
  }
  /* One that is longer than what the heading leaves gets a line of its own. */
  select {
    width: auto;
    max-width: 100%;
    text-overflow: ellipsis;
  }
  .call.more .caller {
    font-size: 1.15em;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 12px;
    margin: 4px 0 12px;
  }
  .call .buttons button {
    min-height: 48px;
    border-radius: 24px;
    flex: 1 1 auto;
  }
  .pad {
    display: grid;
    grid-template-columns: repeat(3, minmax(56px, 96px));
    justify-content: center;
    gap: 8px;
    margin: 12px 0;
    direction: ltr;
  }
  .pad button {
    min-height: 52px;
    border-radius: 26px;
    flex-direction: column;
    gap: 0;
    font-size: 1.25em;
    line-height: 1.1;
  }
  .pad small::after {
    content: attr(data-text) / "";
  }
  .pad small {
    font-size: 0.5em;
    min-height: 1.1em;
  }
  .dial {
    display: flex;
    gap: 8px;
    align-items: center;
  }
  .call .dial {
    margin-top: 12px;
  }
  .settings {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-top: 12px;
  }
  .settings ~ .dial {
    margin-top: 12px;
  }
  .found button {
    width: 100%;
    justify-content: flex-start;
    border-radius: 8px;
    border-color: transparent;
    min-height: 44px;
    text-align: start;
  }
  .idle {
    padding: 8px 0;
  }
`;
