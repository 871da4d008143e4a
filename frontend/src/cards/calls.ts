import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { findMe, findMeAt, mayDial } from "../actions";
import { sentence } from "../parts/sentence";
import { shared } from "../styles";
import { formatMoment, formatSpan } from "../time";
import type { Localize, TextKey } from "../texts";
import type { Hass, PastCall, PastParty } from "../types";
import { BaseCard, choice, ENTRY_FIELD, makeForm, TITLE_FIELD, type CardConfig } from "./base";
import { assignItems, ToDoList, type ToDoItem } from "./to-return";

type Only = "all" | "missed" | "mine" | "queue";
export interface CallsConfig extends CardConfig {
  only?: Only;
}

const FILTERS: Only[] = ["all", "missed", "mine", "queue"];
const PAGE = 30;
const NOT_REACHED = new Set(["missed", "voicemail", "busy", "no_answer", "failed"]);

/** Return a call as a sentence, seen by who looks where they took part. */
export function describePast(t: Localize, call: PastCall, who: (party: PastParty) => string): string {
  const values = { caller: who(call.caller), called: who(call.called) };
  const isMissed = call.outcome === "no_answer" || (call.outcome === "failed" && call.role === "callee");
  const outcome = isMissed ? "missed" : (call.outcome ?? "answered");
  const known = {
    callee: ["answered", "missed", "answered_elsewhere", "voicemail", "busy"],
    caller: ["answered", "missed", "busy", "failed"],
    other: ["answered", "missed", "busy", "voicemail", "failed", "transferred"],
  };
  const side = call.role ?? "other";
  const words = known[side].includes(outcome) ? outcome : "answered";
  const prefix = { callee: "calls.me", caller: "calls.i", other: "calls.in" }[side];
  return t(`${prefix}.${words}` as TextKey, values);
}

export class CallsCard extends BaseCard<CallsConfig> {
  static override properties = {
    ...BaseCard.properties,
    only: { state: true },
    calls: { state: true },
    next: { state: true },
  };
  protected readonly sections = ["people"] as const;
  declare private only: Only;
  declare private calls?: PastCall[];
  declare private next: string | null;
  private readonly toDo = new ToDoList(this as never);
  private asked = "";

  static override styles = [
    shared,
    css`
      .filters {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      .bad {
        color: var(--pbx-bad);
      }
      .row {
        padding: 4px 0;
      }
      .more {
        margin-top: 12px;
        width: 100%;
      }
    `,
  ];

  constructor() {
    super();
    this.only = "all";
    this.next = null;
  }

  static getStubConfig(): object {
    return {};
  }

  static getConfigForm(): object {
    return makeForm([TITLE_FIELD, ENTRY_FIELD, choice("only", FILTERS, "calls")]);
  }

  override setConfig(config: CallsConfig): void {
    super.setConfig(config);
    this.only = config.only ?? "all";
  }

  protected override concerns(before: Hass, after: Hass): boolean {
    return super.concerns(before, after) || this.toDo.concerns(before, after);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.toDo.follow(this.hass, this.me?.person.to_do);
    if (!this.store?.loaded) return;
    // Whenever a call ended somewhere the list is another one.
    const last = [...this.store.pbxs.values()].map((pbx) => `${pbx.id} ${pbx.facts?.last_call}`);
    const wanted = [this.only, this.config.entry, ...last].join();
    if (wanted === this.asked) return;
    this.asked = wanted;
    // While Home Assistant starts anew it is asked again with the next update.
    this.read().catch(() => (this.asked = ""));
  }

  private async read(before?: string): Promise<void> {
    const asked = this.asked;
    const page = await this.hass.callWS<{ calls: PastCall[]; next: string | null }>({
      type: "pbx/calls",
      limit: PAGE,
      ...(this.only === "all" ? {} : { only: this.only }),
      ...(this.config.entry ? { config_entry_id: this.config.entry } : {}),
      ...(before ? { before } : {}),
    });
    if (asked !== this.asked) return;
    this.calls = before ? [...(this.calls ?? []), ...page.calls] : page.calls;
    this.next = page.next;
  }

  protected get heading() {
    return this.config.title ?? this.t("view.calls");
  }

  protected renderCard(): unknown {
    const { t, calls } = this;
    if (!this.store!.pbxs.size) return nothing;
    const open = assignItems(this.toDo.items, (calls ?? []).filter((call) => call.role === "callee"));
    return html`<div class="head">
        <h2>${this.heading}</h2>
        <div class="filters" role="group" aria-label=${t("form.only")}>
          ${this.listFilters().map(
            (only) =>
              html`<button aria-pressed=${this.only === only} @click=${() => (this.only = only)}>${t(`calls.${only}`)}</button>`,
          )}
        </div>
      </div>
      <div class="body">
        ${calls?.length
          ? html`<ul>
              ${calls.map((call) => this.renderCall(call, open.get(call)))}
            </ul>`
          : html`<div class="empty">${t(calls ? "calls.none" : "loading")}</div>`}
        ${this.next ? html`<button class="more" @click=${() => this.read(this.next!)}>${t("calls.more")}</button>` : nothing}
      </div>`;
  }

  /** Who is nobody here has no calls of their own. */
  private listFilters(): Only[] {
    return FILTERS.filter((only) => only !== "mine" || this.only === "mine" || findMe(this.store!) !== undefined);
  }

  private renderCall(call: PastCall, open: ToDoItem | undefined): TemplateResult {
    const { t } = this;
    const isOut = call.role === "caller" || (call.role === null && call.direction === "outgoing");
    const missed = NOT_REACHED.has(call.outcome ?? "");
    const icon = missed ? "mdi:phone-missed" : isOut ? "mdi:phone-outgoing" : "mdi:phone-incoming";
    const other = isOut ? call.called : call.caller;
    const number = other.number && !other.number.includes("•") ? other.number : undefined;
    const me = findMeAt(this.store!, call.entry_id);
    const talked = call.answered ? formatSpan(Date.parse(call.ended) - Date.parse(call.answered)) : "";
    const facts = [formatMoment(this.hass, call.started, this.store!.now()), talked, call.queue && t("calls.queue_name", { name: call.queue })];
    const name = (party: PastParty): string => this.who(party, call.entry_id);
    const who = name(other);
    return html`<li class="row">
      <ha-icon class=${missed ? "bad" : ""} icon=${icon}></ha-icon>
      ${this.renderFace(other)}
      <span class="grow"
        >${sentence(describePast(t, call, name))}<br /><span class="quiet">${facts.filter(Boolean).join(" · ")}</span></span
      >
      ${open && this.me?.person.control
        ? html`<input
            type="checkbox"
            title=${t("to_return.done", { what: open.summary })}
            aria-label=${t("to_return.done", { what: open.summary })}
            @change=${() => this.run(this.toDo.setDone(open))}
          />`
        : nothing}
      ${number && mayDial(me)
        ? html`<button
            class="icon"
            title=${t("action.call_back")}
            aria-label=${t("action.call_back_who", { who })}
            @click=${() => this.callBack(call.entry_id, number, who)}
          >
            <ha-icon icon="mdi:phone"></ha-icon>
          </button>`
        : nothing}
    </li>`;
  }

  private callBack(entry: string, number: string, who: string): void {
    const me = findMeAt(this.store!, entry);
    if (mayDial(me)) void this.run(this.commander.dial(me, number), this.t("done.calling", { who }));
  }
}
