import { css, html, type TemplateResult } from "lit";
import type { Localize } from "../texts";

export const dialogStyles = css`
  dialog {
    color: var(--primary-text-color);
    background: var(--card-background-color, #fff);
    border: none;
    border-radius: 16px;
    padding: 0;
    width: min(420px, calc(100vw - 32px));
    max-height: calc(100vh - 32px);
    box-shadow: 0 8px 32px rgb(0 0 0 / 40%);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 50%);
  }
  .dialog-head {
    display: flex;
    align-items: center;
    gap: 8px;
    padding-block: 12px 4px;
    padding-inline: 20px 8px;
  }
  .dialog-body {
    padding: 4px 20px 20px;
    display: flex;
    flex-direction: column;
    gap: 12px;
  }
`;

/** Return a modal dialog; the browser keeps the focus in it, and Escape closes it. */
export function renderDialog(t: Localize, title: string, body: TemplateResult, close: () => void): TemplateResult {
  // After a long press that opened the dialog, the finger that leaves makes a click beside it.
  const press = (event: Event): void => {
    (event.currentTarget as HTMLElement).toggleAttribute("pressed", event.target === event.currentTarget);
  };
  const click = (event: Event): void => {
    const dialog = event.currentTarget as HTMLDialogElement;
    if (event.target === dialog && dialog.hasAttribute("pressed")) dialog.close();
  };
  return html`<dialog aria-label=${title} @close=${close} @pointerdown=${press} @click=${click}>
    <div class="dialog-head">
      <h2>${title}</h2>
      <button
        class="icon"
        aria-label=${t("action.close")}
        @click=${(event: Event) => (event.currentTarget as Element).closest("dialog")!.close()}
      >
        <ha-icon icon="mdi:close"></ha-icon>
      </button>
    </div>
    <div class="dialog-body">${body}</div>
  </dialog>`;
}

/** Show a dialog that was just drawn. */
export function showDialog(root: ParentNode): void {
  const dialog = root.querySelector("dialog");
  if (dialog && !dialog.open) dialog.showModal();
}

