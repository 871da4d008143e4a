import { css, html, nothing } from "lit";
import { Commander, findMeAt, listCallActions, listEverybody, mayCall, mayPickUp, type Me } from "../actions";
import { nameOf } from "../people";
import { StoreElement } from "../parts/reader";
import { localizer, type Localize } from "../texts";
import type { Hass, OwnCall } from "../types";

const STATUS = /^(line_status|other_party|on_a_call)$/;

/** The call actions of a tile that shows a user: answer, hold, hang up …, or to call them. */
export class CallActionsFeature extends StoreElement {
  static override properties = { context: { attribute: false }, config: { state: true } };
  protected readonly sections = ["people"] as const;
  declare context?: { entity_id?: string };
  declare private config: object;

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

  override render() {
    const device = this.own?.entities[this.context?.entity_id ?? ""]?.device_id;
    const shown = device && this.store ? this.findPerson(device) : undefined;
    if (!shown) return nothing;
    const call = shown.person.calls.at(0);
    return call ? this.renderCall(shown, call) : this.renderDial(shown);
  }

  private renderCall(shown: Me, call: OwnCall) {
    const t = localizer(this.own);
    const me = findMeAt(this.store!, shown.pbx.id);
    const actions = listCallActions(shown, call)
      .filter((action) => !action.local)
      .map((action) =>
        this.renderButton(t(`action.${action.name}`), action.icon, action.look, () =>
          this.commander.press(shown, action, call),
        ),
      );
    if (!mayPickUp(me, shown.person)) return actions;
    const pickUp = () => this.commander.pickUp(me, shown.person);
    return [this.renderButton(t("action.pick_up"), "mdi:phone-incoming", "good", pickUp), ...actions];
  }

  private renderDial(shown: Me) {
    const me = findMeAt(this.store!, shown.pbx.id);
    if (!mayCall(me, shown.person)) return nothing;
    const t: Localize = localizer(this.own);
    const label = t("action.call_who", { who: nameOf(this.hass, shown.person) });
    return this.renderButton(label, "mdi:phone", undefined, () => this.commander.dial(me, shown.person.number!));
  }

  private renderButton(label: string, icon: string, look: string | undefined, run: () => Promise<void>) {
    const press = (event: Event): void => {
      event.stopPropagation();
      // Home Assistant itself shows why a command was refused.
      void run().catch(() => undefined);
    };
    return html`<button class=${look ?? ""} title=${label} aria-label=${label} @click=${press}>
      <ha-icon icon=${icon}></ha-icon>
    </button>`;
  }

  private get commander(): Commander {
    return new Commander(this.hass);
  }

  /** Find who has a device: the user that it is, or whose phone it is. */
  private findPerson(device: string): Me | undefined {
    const all = listEverybody(this.store!);
    const isPhoneOf = ({ person }: Me): boolean => person.phones.some((phone) => phone.device_id === device);
    return all.find(({ person }) => person.device_id === device) ?? all.find(isPhoneOf);
  }
}

/** A badge that says how many wait in the queues. */
export class WaitingBadge extends StoreElement {
  static override properties = { config: { state: true } };
  protected readonly sections = ["queues"] as const;
  declare private config: { entry?: string };

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

  override render() {
    if (!this.store) return nothing;
    const queues = this.store.list("queues", this.config?.entry);
    const told = queues.filter((queue) => queue.waiting !== null);
    const count = told.reduce((sum, queue) => sum + queue.waiting!, 0);
    const shown = told.length || !queues.length ? count : "–";
    return html`<div class=${count ? "some" : ""} role="status">
      <ha-icon icon=${count ? "mdi:account-clock" : "mdi:account-check"}></ha-icon
      ><span>${localizer(this.own)("waiting.badge", { count: shown })}</span>
    </div>`;
  }
}
