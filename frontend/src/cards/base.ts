import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from "lit";
import { Commander, findMe, type Me } from "../actions";
import { StoreElement } from "../parts/reader";
import { nameNumber, nameOf } from "../people";
import { shared } from "../styles";
import { localizer, type Localize, type TextKey } from "../texts";
import type { Hass, Party, Person } from "../types";

export interface CardConfig {
  type: string;
  title?: string;
  entry?: string;
  device?: string;
}

/** A field of a card's form, as Home Assistant's own forms take it. */
export interface FormField {
  name: string;
  selector: Record<string, unknown>;
  /** What holds where it is left empty. */
  otherwise?: number;
}

export const ENTRY_FIELD: FormField = { name: "entry", selector: { config_entry: { integration: "pbx" } } };
export const TITLE_FIELD: FormField = { name: "title", selector: { text: {} } };
/** Choose devices of which a sensor has this class; Home Assistant can tell them apart by their entities only. */
const device = (deviceClass: string, more: object = {}): Record<string, unknown> => ({
  device: {
    filter: { integration: "pbx" },
    entity: { integration: "pbx", domain: "sensor", device_class: deviceClass },
    ...more,
  },
});
/** Of users and phones, and of no other kind, a sensor has a list of states: their status. */
export const DEVICE_FIELD: FormField = { name: "device", selector: device("enum") };
/** Of queues and the telephone system, a sensor has a time: the longest wait, and the last call. */
export const QUEUES_FIELD: FormField = { name: "queues", selector: device("timestamp", { multiple: true }) };

/** Return a form of Home Assistant for these fields, with our own labels. */
export function makeForm(fields: FormField[]): object {
  const hass = (document.querySelector("home-assistant") as unknown as { hass?: Hass } | null)?.hass;
  const t = localizer(hass);
  return {
    schema: fields,
    computeLabel: (field: FormField) => t(`form.${field.name}` as TextKey),
    computeHelper: (field: FormField) =>
      // Home Assistant shows the label of a device only once there is one.
      field.name === "device"
        ? `${t("form.device")}. ${t("form.device_help")}`
        : field.otherwise !== undefined
          ? t("form.empty", { value: field.otherwise })
          : undefined,
  };
}

/** A choice of a form with its words, since Home Assistant has no texts of ours. */
export function choice(name: string, values: string[], prefix: string): FormField {
  const hass = (document.querySelector("home-assistant") as unknown as { hass?: Hass } | null)?.hass;
  const t = localizer(hass);
  const options = values.map((value) => ({ value, label: t(`${prefix}.${value}` as TextKey) }));
  return { name, selector: { select: { mode: "dropdown", options } } };
}

export abstract class BaseCard<C extends CardConfig = CardConfig> extends StoreElement {
  static override properties: Record<string, object> = {
    config: { state: true },
    message: { state: true },
    preview: { type: Boolean, reflect: true },
  };
  static override styles: CSSResultGroup = shared;
  declare protected config: C;
  declare protected message: string;
  /** Whether the card is shown to choose or edit it. */
  declare preview: boolean;

  constructor() {
    super();
    this.message = "";
  }

  setConfig(config: C): void {
    this.config = config;
  }

  getCardSize(): number {
    return 6;
  }

  getGridOptions(): object {
    return { columns: 12, min_columns: 6 };
  }

  protected override concerns(before: Hass, after: Hass): boolean {
    const names = ["devices", "areas", "locale", "user", "connected"] as const;
    return names.some((name) => before[name] !== after[name]) || isDark(before) !== isDark(after);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.toggleAttribute("dark", !!this.own && isDark(this.own));
  }

  protected get t(): Localize {
    return localizer(this.own);
  }

  protected get commander(): Commander {
    return new Commander(this.hass);
  }

  protected get me(): Me | undefined {
    return this.store && findMe(this.store, this.config?.device);
  }

  protected name(person: Person): string {
    return nameOf(this.hass, person);
  }

  /** Return the name of a party; not every PBX says who among its own people has a number. */
  protected who(party: Pick<Party, "name" | "number">, entry: string): string {
    if (party.name || !party.number) return party.name || this.t("unknown_caller");
    return nameNumber(this.store!, this.hass, entry, party.number);
  }

  /** Show the picture of a caller where the address book has one. */
  protected renderFace(party: { picture?: string }): unknown {
    if (!party.picture) return nothing;
    const hide = (event: Event): void => (event.target as Element).remove();
    return html`<img class="face" src=${this.hass.hassUrl(party.picture)} alt="" @error=${hide} />`;
  }

  /** Show the groups of a caller in the address book, such as "Customers". */
  protected renderGroups(party: { groups?: string[] }): unknown {
    return party.groups?.map((name) => html`<span class="group"><bdi>${name}</bdi></span>`) ?? nothing;
  }

  /** Run a command; Home Assistant itself shows why one was refused. */
  protected async run(work: Promise<unknown>, done?: string): Promise<boolean> {
    try {
      await work;
    } catch {
      return false;
    }
    if (done) this.say(done);
    return true;
  }

  /** Say what was done: on the screen, and to a screen reader. */
  protected say(message: string): void {
    this.message = message;
    this.dispatchEvent(
      new CustomEvent("hass-notification", { detail: { message, duration: 3000 }, bubbles: true, composed: true }),
    );
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.config || !this.own || !this.store) return nothing;
    return html`<ha-card role="region" aria-label=${this.heading}>${this.renderNotes()}${this.renderCard()}<div class="sr" role="status">${this.message}</div></ha-card>`;
  }

  protected abstract readonly heading: string;
  protected abstract renderCard(): unknown;

  private renderNotes(): unknown {
    const store = this.store!;
    if (!store.loaded && store.pbxs.size === 0) return html`<div class="empty">${this.t("loading")}</div>`;
    if (store.loaded && store.pbxs.size === 0) return html`<div class="empty">${this.t("no_pbx")}</div>`;
    return [...store.pbxs.values()]
      .filter((pbx) => pbx.facts && !pbx.facts.connected && (!this.config.entry || pbx.id === this.config.entry))
      .map(
        (pbx) =>
          html`<div class="note" role="alert">
            <ha-icon icon="mdi:lan-disconnect"></ha-icon><span>${this.t("not_connected")}: ${pbx.facts!.title}</span>
          </div>`,
      );
  }
}

function isDark(hass: Hass): boolean {
  return !!(hass as unknown as { themes?: { darkMode?: boolean } }).themes?.darkMode;
}
