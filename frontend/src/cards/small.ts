import { css, html, nothing, type TemplateResult } from "lit";
import { findMeAt, mayDial, mayFetch } from "../actions";
import { sentence } from "../parts/sentence";
import { shared } from "../styles";
import { collator } from "../people";
import type { TextKey } from "../texts";
import type { Mailbox, ParkedCall, RoutingSwitch, SectionName } from "../types";
import type { Pbx } from "../store";
import { BaseCard, ENTRY_FIELD, makeForm, TITLE_FIELD } from "./base";

/** The values of routing switches that have words of ours; others are names that the PBX gives. */
const WORDS: Record<string, TextKey> = {
  on: "switches.on",
  off: "switches.off",
  schedule: "switches.schedule",
  auto: "switches.auto",
  true_sticky: "switches.true_sticky",
  false_sticky: "switches.false_sticky",
  true: "switches.true",
  false: "switches.false",
};

/** What the small cards share: a title, and a list or a line that says that there is nothing. */
abstract class ListCard extends BaseCard {
  static override styles = [
    shared,
    css`
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
    `,
  ];

  static getStubConfig(): object {
    return {};
  }

  static getConfigForm(): object {
    return makeForm([TITLE_FIELD, ENTRY_FIELD]);
  }

  override getCardSize(): number {
    return 3;
  }

  protected abstract renderRows(): unknown[];
  protected abstract readonly names: { title: string; none: string };

  protected get shownPbxs(): Pbx[] {
    const all = [...this.store!.pbxs.values()];
    return all.filter((pbx) => pbx.facts && (!this.config.entry || pbx.id === this.config.entry));
  }

  protected get heading() {
    return this.config.title ?? this.names.title;
  }

  protected renderCard(): unknown {
    if (!this.store!.pbxs.size) return nothing;
    const rows = this.renderRows();
    return html`<div class="head"><h2>${this.heading}</h2></div>
      <div class="body">
        ${rows.length
          ? html`<ul>
              ${rows}
            </ul>`
          : html`<div class="empty">${this.names.none}</div>`}
      </div>`;
  }
}

export class ParkedCard extends ListCard {
  protected readonly sections: SectionName[] = ["people", "calls"];

  protected get names() {
    return { title: this.t("title.parked"), none: this.t("parked.none") };
  }

  protected renderRows(): TemplateResult[] {
    const connected = this.shownPbxs.filter((pbx) => pbx.facts!.connected);
    return connected.flatMap((pbx) => [
      ...(pbx.facts!.parked ?? []).map((parked) => this.renderParked(pbx, parked)),
      ...this.renderParkedAtPeople(pbx),
    ]);
  }

  /** Some PBXs park a call at a person. */
  private renderParkedAtPeople(pbx: Pbx): TemplateResult[] {
    const me = findMeAt(this.store!, pbx.id, this.config.device);
    const all = [...pbx.sections.people.values()].flatMap((who) => who.calls.map((call) => ({ who, call })));
    return all
      .filter(({ call }) => call.parked)
      .map(({ who, call }) =>
        this.renderRow(pbx, call, this.name(who), call.since, mayFetch(me, who) ? () => this.commander.fetch(me, call) : undefined),
      );
  }

  private renderParked(pbx: Pbx, parked: ParkedCall): TemplateResult {
    const { t } = this;
    const me = findMeAt(this.store!, pbx.id, this.config.device);
    const call = [...pbx.sections.calls.values()].find((known) => known.parking_space === parked.space);
    // Where the PBX has no command for it, to dial the space brings the call.
    const fetch = (): Promise<unknown> =>
      call && pbx.can("pick_up")
        ? this.hass.callService("pbx", "pick_up", { call_id: call.call_id }, { device_id: me!.person.device_id })
        : this.commander.dial(me!, parked.space);
    const place = t("parked.space", { space: parked.space });
    return this.renderRow(pbx, parked, place, parked.since, mayDial(me) ? fetch : undefined);
  }

  private renderRow(
    pbx: Pbx,
    party: { name: string | null; number: string | null },
    place: string,
    since: string | null,
    fetch: (() => Promise<unknown>) | undefined,
  ): TemplateResult {
    const { t } = this;
    const who = this.who(party, pbx.id);
    return html`<li class="row">
      <ha-icon icon="mdi:parking"></ha-icon>
      <span class="grow"><bdi>${who}</bdi><br /><span class="quiet"><bdi>${place}</bdi></span></span>
      ${since ? html`<pbx-timer .since=${since} .ahead=${this.store!.ahead}></pbx-timer>` : nothing}
      ${fetch
        ? html`<button class="good" aria-label="${t("action.pick_up")}: ${who}" @click=${() => this.run(fetch(), t("done.picked_up"))}>
            ${t("action.pick_up")}
          </button>`
        : nothing}
    </li>`;
  }
}

export class MailboxesCard extends ListCard {
  protected readonly sections: SectionName[] = ["mailboxes", "people"];

  protected get names() {
    return { title: this.t("title.mailboxes"), none: this.t("mailboxes.none") };
  }

  protected renderRows(): TemplateResult[] {
    const order = collator(this.hass.locale.language);
    const boxes = this.store!.list("mailboxes", this.config.entry).map((box) => ({ box, name: this.nameBox(box) }));
    boxes.sort((a, b) => (b.box.new ?? 0) - (a.box.new ?? 0) || order.compare(a.name, b.name));
    return boxes.map(({ box, name }) => {
      return html`<li class="row">
        <ha-icon icon=${box.new ? "mdi:voicemail" : "mdi:email-open-outline"}></ha-icon>
        <span class="grow"><bdi>${name}</bdi></span>
        <span class=${box.new ? "" : "quiet"}>${sentence(this.t("mailboxes.counts", { new: box.new ?? 0, old: box.old ?? 0 }))}</span>
      </li>`;
    });
  }

  private nameBox(box: Mailbox): string {
    const owner = this.store!.list("people", box.entry).find((person) => person.number && person.number === box.number);
    return owner ? this.name(owner) : box.name;
  }
}

export class SwitchesCard extends ListCard {
  protected readonly sections: SectionName[] = ["switches"];

  protected get names() {
    return { title: this.t("title.switches"), none: this.t("switches.none") };
  }

  protected renderRows(): TemplateResult[] {
    const order = collator(this.hass.locale.language);
    const pbxs = this.shownPbxs.filter((pbx) => pbx.sections.switches.size);
    return pbxs.flatMap((pbx) => {
      const items = [...pbx.sections.switches.values()].sort((a, b) => order.compare(a.name, b.name));
      const heading = html`<li><h3><bdi>${pbx.facts!.title}</bdi></h3></li>`;
      return [...(pbxs.length > 1 ? [heading] : []), ...items.map((item) => this.renderSwitch(item))];
    });
  }

  private renderSwitch(item: RoutingSwitch): TemplateResult {
    return html`<li class="row">
      <span class="grow"><bdi>${item.name}</bdi></span>
      <span class="choices">${this.renderChoices(item)}</span>
    </li>`;
  }

  private renderChoices(item: RoutingSwitch): unknown {
    const { t } = this;
    const words = (value: boolean | string): string => {
      const name = typeof value === "string" ? value : value ? "on" : "off";
      return name in WORDS ? t(WORDS[name]) : name;
    };
    const pbx = this.store!.pbxs.get(item.entry);
    const may = item.settable && item.control && item.entity_id && pbx?.facts?.connected && pbx.can("set_switch");
    if (!may) {
      return html`<span class="quiet" title=${t("switches.fixed")}>${item.value === null ? "–" : words(item.value)}</span>`;
    }
    const values: (boolean | string)[] = item.options.length ? item.options : [true, false];
    return values.map(
      (value) =>
        html`<button
          aria-pressed=${item.value === value}
          aria-label="${item.name}: ${words(value)}"
          @click=${() => this.run(this.set(item, value))}
        >
          ${words(value)}
        </button>`,
    );
  }

  private set(item: RoutingSwitch, value: boolean | string): Promise<unknown> {
    const target = { entity_id: item.entity_id };
    if (typeof value === "string") return this.hass.callService("select", "select_option", { option: value }, target);
    return this.hass.callService("switch", value ? "turn_on" : "turn_off", {}, target);
  }
}

export class SystemCard extends ListCard {
  protected readonly sections: SectionName[] = ["phones"];

  protected get names() {
    return { title: this.t("view.system"), none: "" };
  }

  protected renderRows(): TemplateResult[] {
    const { t } = this;
    return this.shownPbxs.flatMap((pbx) => {
      const facts = pbx.facts!;
      const phones = facts.connected ? this.renderPhones(pbx) : [];
      return [
        html`<li class="row">
          <ha-icon icon=${facts.connected ? "mdi:lan-connect" : "mdi:lan-disconnect"}></ha-icon>
          <span class="grow"
            ><bdi>${facts.title}</bdi><br /><span class="quiet"
              >${[facts.manufacturer, facts.version && `${t("system.version")} ${facts.version}`].filter(Boolean).join(" · ")}</span
            ></span
          >
          <span>${t(facts.connected ? "system.connected" : "system.disconnected")}</span>
        </li>`,
        ...phones,
      ];
    });
  }

  private renderPhones(pbx: Pbx): TemplateResult[] {
    const { t } = this;
    const known = [...pbx.sections.phones.values()].filter((phone) => phone.registered !== null);
    // Not every system tells which of its phones are registered.
    if (!known.length) return [];
    const missing = known.filter((phone) => !phone.registered);
    const names = html`<bdi>${missing.map((phone) => phone.name).join(", ")}</bdi>`;
    return [
      html`<li class="row">
        <ha-icon icon=${missing.length ? "mdi:phone-off" : "mdi:phone-check"}></ha-icon>
        <span class="grow">${missing.length ? sentence(t("system.phones"), ": ", names) : t("system.all_registered")}</span>
      </li>`,
    ];
  }
}
