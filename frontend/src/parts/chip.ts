import { LitElement, css, html, nothing, type PropertyValues } from "lit";
import { describeCall, describeForwards } from "../people";
import { sentence } from "./sentence";
import { shared, STATUS_COLORS, STATUS_ICONS } from "../styles";
import type { Localize, TextKey } from "../texts";
import type { OwnCall, Person } from "../types";

/** What a chip lets people do; the card decides. */
export interface ChipActions {
  /** The label of what a tap does, or undefined where it only opens more. */
  tap?: string;
  pickUp: boolean;
}

export type ChipEvent = CustomEvent<{ person: Person; action: "tap" | "more" | "pick_up" }>;

const HOLD = 500;
/** A touch may make its click so much later, in milliseconds. */
const RELEASED = 400;

/** One person: picture, name, extension, status, with whom and since when. */
export class PbxChip extends LitElement {
  static override properties = {
    person: { attribute: false },
    name: {},
    picture: {},
    messages: { type: Number },
    actions: { attribute: false },
    ahead: { type: Number },
    t: { attribute: false },
    who: { attribute: false },
    current: { type: Boolean },
    target: { type: Boolean, reflect: true },
  };
  declare person: Person;
  declare name: string;
  declare picture: string | undefined;
  declare messages: number;
  declare actions: ChipActions;
  declare ahead: number;
  declare t: Localize;
  /** Names who takes part in a call. */
  declare who: (call: OwnCall) => string;
  /** Whether Tab goes to this one of all chips. */
  declare current: boolean;
  /** Whether a call can be dropped here. */
  declare target: boolean;
  private holding = 0;
  private held = false;

  static override styles = [
    shared,
    css`
      :host {
        height: auto;
        min-width: 0;
        /* The card knows whether it is dark. */
        --pbx-good: inherit;
        --pbx-bad: inherit;
        --pbx-warn: inherit;
      }
      .chip {
        box-sizing: border-box;
        position: relative;
        display: flex;
        align-items: stretch;
        height: 72px;
        border: 1px solid var(--pbx-line);
        border-radius: 12px;
        overflow: hidden;
        border-inline-start: 4px solid var(--status);
      }
      .chip.ringing {
        border-color: var(--status);
        background: color-mix(in srgb, var(--pbx-warn) 10%, transparent);
      }
      :host([target]) .chip {
        outline: 2px dashed var(--primary-color);
        outline-offset: -2px;
      }
      .main {
        flex: 1 1 auto;
        min-width: 0;
        justify-content: flex-start;
        text-align: start;
        border: none;
        border-radius: 0;
        padding-block: 0;
        padding-inline: 10px 4px;
        gap: 10px;
        user-select: none;
        -webkit-touch-callout: none;
      }
      .main:focus-visible {
        outline-offset: -3px;
      }
      .face {
        position: relative;
        flex: none;
        width: 42px;
        height: 42px;
      }
      .face img,
      .face .initials {
        width: 42px;
        height: 42px;
        border-radius: 50%;
        object-fit: cover;
        display: flex;
        align-items: center;
        justify-content: center;
        background: color-mix(in srgb, var(--primary-text-color) 12%, transparent);
        font-weight: 500;
      }
      .initials::after {
        content: attr(data-text) / "";
      }
      .face ha-icon {
        position: absolute;
        inset-inline-end: -5px;
        bottom: -5px;
        --mdc-icon-size: 18px;
        color: var(--status);
        background: var(--card-background-color, #fff);
        border-radius: 50%;
        display: flex;
        padding: 1px;
      }
      .text {
        flex: 1 1 auto;
        min-width: 0;
        line-height: 1.3;
      }
      .text > span {
        display: block;
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .name {
        font-weight: 500;
      }
      .line {
        display: flex !important;
        gap: 6px;
      }
      .line > span:first-child {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .line pbx-timer {
        flex: none;
        display: inline;
        margin-inline-start: auto;
      }
      .badges {
        display: flex;
        gap: 4px;
        --mdc-icon-size: 16px;
        color: var(--secondary-text-color);
      }
      .dnd {
        color: var(--pbx-bad);
      }
      .side {
        flex: none;
        display: flex;
        flex-direction: column;
        align-items: center;
        justify-content: center;
        padding-inline-end: 2px;
      }
      .dots {
        font-size: 1.4em;
        font-weight: 700;
      }
      .side .icon {
        width: 36px;
        min-height: 36px;
      }
    `,
  ];

  private get call(): OwnCall | undefined {
    return this.person.calls[0];
  }

  override render() {
    const { person, t } = this;
    const status = person.status;
    const waiting = this.messages > 0;
    return html`<div
      class="chip ${status}"
      role="group"
      aria-label=${this.name}
      style="--status:${STATUS_COLORS[status] ?? STATUS_COLORS.unknown}"
    >
      <button
        class="main"
        tabindex=${this.current ? 0 : -1}
        @click=${this.tap}
        @contextmenu=${this.open}
        @pointerdown=${this.startHolding}
        @pointerup=${this.stopHolding}
        @pointerleave=${this.stopHolding}
        @pointercancel=${this.stopHolding}
      >
        <span class="face">
          ${this.picture
            ? html`<img src=${this.picture} alt="" loading="lazy" />`
            : html`<span class="initials" data-text=${initials(this.name)}></span>`}
          <ha-icon icon=${STATUS_ICONS[status] ?? STATUS_ICONS.unknown}></ha-icon>
        </span>
        <span class="text">
          <span class="line"
            ><span class="name"><bdi>${this.name}</bdi></span
            ><span class="badges">
              ${person.do_not_disturb ? html`<ha-icon class="dnd" icon="mdi:bell-off" title=${t("do_not_disturb")}></ha-icon>` : nothing}
              ${this.describeForwards() ? html`<ha-icon icon="mdi:call-split" title=${this.describeForwards()}></ha-icon>` : nothing}
              ${waiting ? html`<ha-icon icon="mdi:voicemail"></ha-icon>` : nothing}
            </span></span
          >
          <span class="line quiet">${this.renderLine()}</span>
          <span class="quiet"><bdi>${person.number ?? ""}</bdi>${this.renderMore()}</span>
          <span class="sr">${this.describeSigns()}</span>
        </span>
      </button>
      <div class="side">
        ${this.actions.pickUp
          ? html`<button
              class="icon good"
              tabindex=${this.current ? 0 : -1}
              title=${t("action.pick_up")}
              aria-label="${t("action.pick_up")}: ${this.name}"
              @click=${() => this.send("pick_up")}
            >
              <ha-icon icon="mdi:phone-incoming"></ha-icon>
            </button>`
          : html`<button
              class="icon"
              tabindex=${this.current ? 0 : -1}
              title=${t("action.more", { who: this.name })}
              aria-label=${t("action.more", { who: this.name })}
              @click=${() => this.send("more")}
            >
              <span class="dots" aria-hidden="true">⋮</span>
            </button>`}
      </div>
    </div>`;
  }

  private renderLine() {
    const call = this.call;
    const words = sentence(this.describeCall());
    return call ? html`${words}<pbx-timer .since=${call.since} .ahead=${this.ahead}></pbx-timer>` : words;
  }

  private renderMore() {
    const knocking = this.knocking;
    if (knocking) return html` · <bdi>${this.t("call.knocking", { who: this.who(knocking) })}</bdi>`;
    const { presence, presence_note: note } = this.person;
    const groups = this.call?.groups?.join(", ");
    // What everybody is unless they say otherwise, and what the status says already, is left out.
    const away = presence && !["available", "on_the_phone", "offline"].includes(presence) && !this.person.do_not_disturb;
    const words = groups ? [groups] : [away ? this.t(`presence.${presence}` as TextKey) : "", note ?? ""];
    return words.filter(Boolean).map((word) => html` · <bdi>${word}</bdi>`);
  }

  private get knocking(): OwnCall | undefined {
    return this.call?.state === "ringing" ? undefined : this.person.calls.find((call) => call.state === "ringing");
  }

  private describeCall(): string {
    const { t, call } = this;
    if (!call) return t(`status.${this.person.status}`);
    const who = this.who(call);
    return describeCall(t, call, who);
  }

  /** Return in words what only signs say, and what a tap does. */
  private describeSigns(): string {
    const { t, person } = this;
    const parts = [
      person.do_not_disturb ? t("do_not_disturb") : "",
      this.describeForwards(),
      this.messages > 0 ? t("new_messages", { count: this.messages }) : "",
      this.actions.tap ?? "",
    ];
    return parts.filter(Boolean).join(", ");
  }

  private describeForwards(): string {
    return describeForwards(this.t, this.person).join(", ");
  }

  private send(action: "tap" | "more" | "pick_up"): void {
    const detail = { person: this.person, action };
    this.dispatchEvent(new CustomEvent("pbx-chip", { detail, bubbles: true, composed: true }));
  }

  private tap(): void {
    if (!this.held) this.send(this.actions.tap ? "tap" : "more");
  }

  private open(event: Event): void {
    event.preventDefault();
    this.stopHolding();
    if (!this.held) this.send("more");
  }

  private startHolding(): void {
    this.held = false;
    this.holding = window.setTimeout(() => {
      this.held = true;
      this.send("more");
    }, HOLD);
  }

  private stopHolding(): void {
    clearTimeout(this.holding);
    // The click that belongs to this press comes before that, if it comes.
    window.setTimeout(() => (this.held = false), RELEASED);
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>(".main")?.focus();
  }

  protected override shouldUpdate(changed: PropertyValues): boolean {
    // What may be done is made anew each time, and mostly the same.
    if (changed.size > 1 || !changed.has("actions")) return true;
    const before = changed.get("actions") as ChipActions | undefined;
    return before?.tap !== this.actions.tap || before?.pickUp !== this.actions.pickUp;
  }
}

export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words.slice(0, 1);
  return letters.map((word) => [...word][0].toLocaleUpperCase()).join("");
}
