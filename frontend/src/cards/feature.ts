import { css, html, LitElement, nothing } from "lit";
import { Commander, listCallActions, type Me } from "../actions";
import { getStore } from "../store";
import { localizer } from "../texts";
import type { Hass } from "../types";

const STATUS = /^(line_status|other_party|on_a_call)$/;

/** The call actions of a tile that shows a user: answer, hold, hang up … */
export class CallActionsFeature extends LitElement {
  static override properties = { context: { attribute: false }, config: { state: true } };
  declare context?: { entity_id?: string };
  declare private config: object;
  private own?: Hass;
  private stop?: () => void;

  static override styles = css`
    :host {
      display: flex;
      gap: 8px;
      height: var(--feature-height, 42px);
    }
    button {
      flex: 1;
      min-width: 0;
      border: none;
      border-radius: var(--feature-border-radius, 12px);
      background: color-mix(in srgb, var(--primary-text-color) 10%, transparent);
      color: var(--primary-text-color);
      cursor: pointer;
    }
    button.good,
    button.bad {
      background: #2e7d32;
      color: #fff;
    }
    button.bad {
      background: #c62828;
    }
    button:focus-visible {
      outline: 2px solid var(--primary-color);
    }
  `;

  static isSupported(hass: Hass, context: { entity_id?: string }): boolean {
    const entity = hass.entities?.[context.entity_id ?? ""];
    return entity?.platform === "pbx" && STATUS.test(entity.translation_key ?? "");
  }

  static getStubConfig(): object {
    return { type: "custom:pbx-call-actions-feature" };
  }

  setConfig(config: object): void {
    this.config = config;
  }

  get hass(): Hass {
    return this.own as Hass;
  }

  set hass(hass: Hass) {
    const isNew = this.own?.connection !== hass.connection;
    this.own = hass;
    if (isNew) this.connect();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.connect();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
    this.stop = undefined;
  }

  private connect(): void {
    if (!this.own || !this.isConnected) return;
    this.stop?.();
    this.stop = getStore(this.own).read(["people"], () => this.requestUpdate());
  }

  override render() {
    const device = this.own?.entities[this.context?.entity_id ?? ""]?.device_id;
    if (!this.own || !device) return nothing;
    const me = this.findPerson(device);
    const call = me?.person.calls[0];
    if (!me || !call) return nothing;
    const t = localizer(this.own);
    return listCallActions(me, call)
      .filter((action) => !action.local)
      .map(
        (action) =>
          html`<button
            class=${action.look ?? ""}
            title=${t(`action.${action.name}`)}
            aria-label=${t(`action.${action.name}`)}
            @click=${(event: Event) => {
              event.stopPropagation();
              void new Commander(this.hass).act(me, action.service, call).catch(() => undefined);
            }}
          >
            <ha-icon icon=${action.icon}></ha-icon>
          </button>`,
      );
  }

  private findPerson(device: string): Me | undefined {
    for (const pbx of getStore(this.hass).pbxs.values()) {
      for (const person of pbx.sections.people.values()) if (person.device_id === device) return { pbx, person };
    }
    return undefined;
  }
}

/** A badge that says how many wait in the queues. */
export class WaitingBadge extends LitElement {
  static override properties = { config: { state: true } };
  declare private config: { entry?: string };
  private own?: Hass;
  private stop?: () => void;

  static override styles = css`
    div {
      display: flex;
      align-items: center;
      gap: 8px;
      height: 36px;
      padding: 0 12px;
      border: 1px solid var(--divider-color, #e0e0e0);
      border-radius: 18px;
      background: var(--card-background-color, #fff);
      color: var(--primary-text-color);
      --mdc-icon-size: 18px;
    }
    div.some {
      border: 2px solid #b45309;
      font-weight: 500;
    }
  `;

  static getStubConfig(): object {
    return {};
  }

  setConfig(config: { entry?: string }): void {
    this.config = config;
  }

  set hass(hass: Hass) {
    const isNew = this.own?.connection !== hass.connection;
    this.own = hass;
    if (isNew) this.connect();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.connect();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop?.();
    this.stop = undefined;
  }

  private connect(): void {
    if (!this.own || !this.isConnected) return;
    this.stop?.();
    this.stop = getStore(this.own).read(["queues"], () => this.requestUpdate());
  }

  override render() {
    if (!this.own) return nothing;
    const queues = getStore(this.own).list("queues", this.config?.entry);
    const count = queues.reduce((sum, queue) => sum + (queue.waiting ?? 0), 0);
    return html`<div class=${count ? "some" : ""} role="status">
      <ha-icon icon=${count ? "mdi:account-clock" : "mdi:account-check"}></ha-icon
      ><span>${localizer(this.own)("waiting.badge", { count })}</span>
    </div>`;
  }
}
