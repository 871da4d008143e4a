import { LitElement } from "lit";
import { getStore, type Store } from "../store";
import type { Hass, SectionName } from "../types";

/** An element of Home Assistant's that shows what the store knows, and is drawn anew when that changes. */
export abstract class StoreElement extends LitElement {
  /** What it shows. */
  protected abstract readonly sections: readonly SectionName[];
  protected store?: Store;
  protected own?: Hass;
  private stopReading?: () => void;

  get hass(): Hass {
    return this.own as Hass;
  }

  /** Home Assistant hands this in with every state that changes anywhere; few of them concern us. */
  set hass(hass: Hass) {
    const before = this.own;
    this.own = hass;
    if (before?.connection !== hass.connection) this.connect();
    if (!before || this.concerns(before, hass)) this.requestUpdate();
  }

  protected concerns(before: Hass, after: Hass): boolean {
    return before.locale !== after.locale;
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
}
