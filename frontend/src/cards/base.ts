import { LitElement, html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from "lit";
import { Commander, findMe, type Me } from "../actions";
import { getStore, type Store } from "../store";
import { shared } from "../styles";
import { localizer, type Localize, type TextKey } from "../texts";
import type { Hass, Party, Person, SectionName } from "../types";

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
  required?: boolean;
  default?: unknown;
}

export const ENTRY_FIELD: FormField = { name: "entry", selector: { config_entry: { integration: "pbx" } } };
export const TITLE_FIELD: FormField = { name: "title", selector: { text: {} } };
export const DEVICE_FIELD: FormField = { name: "device", selector: { device: { filter: { integration: "pbx" } } } };

/** Return a form of Home Assistant for these fields, with our own labels. */
export function makeForm(fields: FormField[]): object {
  const hass = (document.querySelector("home-assistant") as unknown as { hass?: Hass } | null)?.hass;
  const t = localizer(hass);
  return {
    schema: fields,
    computeLabel: (field: FormField) => t(`form.${field.name}` as TextKey),
    computeHelper: (field: FormField) => (field.name === "device" ? t("form.device_help") : undefined),
  };
}

/** A choice of a form with its words, since Home Assistant has no texts of ours. */
export function choice(name: string, values: string[], prefix: string): FormField {
  const hass = (document.querySelector("home-assistant") as unknown as { hass?: Hass } | null)?.hass;
  const t = localizer(hass);
  const options = values.map((value) => ({ value, label: t(`${prefix}.${value}` as TextKey) }));
  return { name, selector: { select: { mode: "dropdown", options } } };
}

export abstract class BaseCard<C extends CardConfig = CardConfig> extends LitElement {
  static override properties: Record<string, object> = { config: { state: true }, message: { state: true } };
  static override styles: CSSResultGroup = shared;
  /** What the card shows. */
  protected abstract readonly sections: readonly SectionName[];
  declare protected config: C;
  declare protected message: string;
  protected store?: Store;
  private stopReading?: () => void;
  private own?: Hass;

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

  get hass(): Hass {
    return this.own as Hass;
  }

  /** Home Assistant hands this in with every state that changes anywhere; few of them concern a card. */
  set hass(hass: Hass) {
    const before = this.own;
    this.own = hass;
    if (before?.connection !== hass.connection) this.connect();
    if (!before || this.concerns(before, hass)) this.requestUpdate();
  }

  protected concerns(before: Hass, after: Hass): boolean {
    const names = ["devices", "areas", "locale", "user", "connected"] as const;
    return names.some((name) => before[name] !== after[name]) || isDark(before) !== isDark(after);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.connect();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopReading?.();
    this.stopReading = undefined;
  }

  private connect(): void {
    if (!this.own || !this.isConnected) return;
    this.stopReading?.();
    this.store = getStore(this.own);
    this.stopReading = this.store.read(this.sections, () => this.requestUpdate());
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
    const device = person.device_id ? this.hass.devices?.[person.device_id] : undefined;
    return device?.name_by_user || person.name;
  }

  protected who(party: Party | undefined | null): string {
    return party?.name || party?.number || this.t("unknown_caller");
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
