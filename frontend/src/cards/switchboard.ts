import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { findMeAt, getTransferable, listCallActions, listMes, mayCall, mayPickUp, mayTransfer, type CallAction, type Me } from "../actions";
import { dialogStyles, renderDialog, showDialog } from "../parts/dialog";
import type { ChipActions, ChipEvent, PbxChip } from "../parts/chip";
import { startDrag } from "../parts/drag";
import { sentence } from "../parts/sentence";
import { ROWS_IN_BLOCK, VisibleBlocks } from "../parts/virtual";
import { collator, describeCall, group, isBusy, matches, nameNumber, type GroupBy } from "../people";
import { shared } from "../styles";
import type { OwnCall, Person } from "../types";
import { BaseCard, choice, DEVICE_FIELD, ENTRY_FIELD, makeForm, TITLE_FIELD, type CardConfig } from "./base";
import { renderPerson } from "./person";

export interface SwitchboardConfig extends CardConfig {
  group_by?: GroupBy;
  busy_only?: boolean;
}

const CHIP = 72;
const GAP = 8;
const HEADING = 40;
const NARROWEST = 236;
/** With so many people or fewer, all are drawn. */
const FEW = 60;

type Row = { heading: string } | { people: Person[]; first: number };

export class SwitchboardCard extends BaseCard<SwitchboardConfig> {
  static override properties = {
    ...BaseCard.properties,
    search: { state: true },
    busyOnly: { state: true },
    columns: { state: true },
    current: { state: true },
    shown: { state: true },
    transferring: { state: true },
  };
  protected readonly sections = ["people", "mailboxes", "queues"] as const;
  declare private search: string;
  declare private busyOnly: boolean;
  declare private columns: number;
  declare private current: number;
  /** The person of the dialog. */
  declare private shown?: { entry: string; id: string };
  /** The call that is being transferred: another one must not take its place. */
  declare private transferring?: string;
  private order: Person[] = [];
  private names = new Map<string, string>();
  private readonly namers = new Map<string, (call: OwnCall) => string>();
  private sorted: string[] = [];
  private labels: Record<string, string> = {};
  private readonly blocks = new VisibleBlocks(this as never);
  private readonly resized = new ResizeObserver(([entry]) => {
    this.columns = Math.max(1, Math.floor((entry.contentRect.width + GAP) / (NARROWEST + GAP)));
  });

  static override styles = [
    shared,
    dialogStyles,
    css`
      .tools {
        display: flex;
        gap: 8px;
        flex: 1 1 320px;
      }
      .tools input {
        flex: 1 1 auto;
        min-width: 0;
      }
      .tools button {
        flex: none;
      }
      .mine {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
        margin: 4px 16px;
        padding: 8px 12px;
        border-radius: 12px;
        background: color-mix(in srgb, var(--primary-color) 14%, transparent);
      }
      .handle {
        cursor: grab;
        touch-action: none;
        display: flex;
        align-items: center;
        gap: 8px;
        flex: 1 1 180px;
        min-width: 0;
      }
      .line-up {
        display: grid;
        gap: ${GAP}px;
        margin-bottom: ${GAP}px;
      }
      h3 {
        box-sizing: border-box;
        height: ${HEADING}px;
        margin: 0;
        padding-top: 12px;
        font-size: 0.95em;
        font-weight: 500;
        color: var(--secondary-text-color);
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ];

  constructor() {
    super();
    this.search = "";
    this.busyOnly = false;
    this.columns = 1;
    this.current = 0;
    // Wherever the focus is on the card, Escape gives the transfer up.
    this.addEventListener("keydown", (event) => event.key === "Escape" && !this.shown && (this.transferring = undefined));
  }

  static getStubConfig(): object {
    return { group_by: "none" };
  }

  static getConfigForm(): object {
    const ways = choice("group_by", ["none", "area", "label", "queue", "system"], "form.group_by");
    return makeForm([TITLE_FIELD, ENTRY_FIELD, ways, { name: "busy_only", selector: { boolean: {} } }, DEVICE_FIELD]);
  }

  override getGridOptions(): object {
    return { columns: "full", min_columns: 6 };
  }

  override setConfig(config: SwitchboardConfig): void {
    super.setConfig(config);
    this.busyOnly = config.busy_only ?? false;
  }

  protected override willUpdate(): void {
    const mes = this.store ? listMes(this.store, this.config?.device) : [];
    if (!mes.some((me) => getTransferable(me, this.transferring))) this.transferring = undefined;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const body = this.renderRoot.querySelector(".people");
    if (body) this.resized.observe(body);
    if (this.shown) showDialog(this.renderRoot);
    if (this.config?.group_by === "label" && !Object.keys(this.labels).length) this.readLabels().catch(() => undefined);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
  }

  private async readLabels(): Promise<void> {
    this.labels = { "": "" };
    const labels = await this.hass.callWS<{ label_id: string; name: string }[]>({ type: "config/label_registry/list" });
    for (const label of labels) this.labels[label.label_id] = label.name;
    this.requestUpdate();
  }

  protected get heading() {
    return this.config.title ?? this.t("view.switchboard");
  }

  protected renderCard(): unknown {
    const store = this.store!;
    if (!store.pbxs.size) return nothing;
    const people = this.listPeople();
    const { t } = this;
    return html`
      <div class="head">
        <h2>${this.heading}</h2>
        <div class="tools">
          <input
            type="search"
            aria-label=${t("search.people")}
            placeholder=${t("search.people")}
            .value=${this.search}
            @input=${(event: Event) => {
              this.search = (event.target as HTMLInputElement).value;
              this.current = 0;
            }}
            @keydown=${this.handleSearchKey}
          />
          <button aria-pressed=${this.busyOnly} @click=${() => (this.busyOnly = !this.busyOnly)}>
            <ha-icon icon="mdi:phone-in-talk"></ha-icon>${t("filter.busy")}
          </button>
        </div>
      </div>
      ${this.renderMine()}
      <div class="body people" @pbx-chip=${this.handleChip} @keydown=${this.handleKey}>
        ${this.renderPeople(people)}
        <div class="sr" role="status">
          ${this.search || this.busyOnly ? t("people.count", { count: people.length }) : ""}
        </div>
      </div>
      ${this.renderMoreDialog()}
    `;
  }

  /** Return the people to show in the order of their names, which is found anew only when a name changes. */
  private listPeople(): Person[] {
    const people = new Map(this.store!.list("people", this.config.entry).map((person) => [keyOf(person), person]));
    let changed = people.size !== this.names.size;
    for (const [key, person] of people) changed ||= this.names.get(key) !== this.name(person);
    if (changed) {
      this.names = new Map([...people].map(([key, person]) => [key, this.name(person)]));
      const order = collator(this.hass.locale.language);
      this.sorted = [...this.names].sort((a, b) => order.compare(a[1], b[1])).map(([key]) => key);
    }
    const search = this.search.trim();
    return this.sorted
      .map((key) => people.get(key)!)
      .filter((person) => !this.busyOnly || isBusy(person))
      .filter((person) => !search || matches(this.name(person), person.number, search));
  }

  private renderPeople(people: Person[]): unknown {
    const { t } = this;
    if (!people.length) {
      return html`<div class="empty">${t(this.search ? "people.nobody_found" : "people.none")}</div>`;
    }
    const by = this.config.group_by ?? "none";
    const groups = group(people, by, this.store!, this.hass, t("group.none"), this.labels);
    const rows: Row[] = [];
    this.order = [];
    for (const { name, people: members } of groups) {
      if (name) rows.push({ heading: name });
      for (let start = 0; start < members.length; start += this.columns) {
        const some = members.slice(start, start + this.columns);
        rows.push({ people: some, first: this.order.length });
        this.order.push(...some);
      }
    }
    this.current = Math.min(this.current, this.order.length - 1);
    const messages = this.countMessages();
    const mes = new Map([...this.store!.pbxs.keys()].map((entry) => [entry, findMeAt(this.store!, entry, this.config.device)]));
    const blocks: TemplateResult[] = [];
    for (let start = 0; start < rows.length; start += ROWS_IN_BLOCK) {
      blocks.push(this.renderBlock(blocks.length, rows.slice(start, start + ROWS_IN_BLOCK), messages, mes));
    }
    return blocks;
  }

  private renderBlock(
    number: number,
    rows: Row[],
    messages: Map<string, number>,
    mes: Map<string, Me | undefined>,
  ): TemplateResult {
    const height = rows.reduce((sum, row) => sum + ("heading" in row ? HEADING : CHIP + GAP), 0);
    const holdsCurrent = rows.some(
      (row) => "people" in row && row.first <= this.current && this.current < row.first + row.people.length,
    );
    const drawn = this.order.length <= FEW || this.blocks.has(number) || holdsCurrent;
    return html`<div data-block=${number} style="height:${height}px">
      ${drawn
        ? rows.map((row) =>
            "heading" in row
              ? html`<h3>${row.heading}</h3>`
              : html`<div class="line-up" style="grid-template-columns:repeat(${this.columns},minmax(0,1fr))">
                  ${row.people.map((person, index) => this.renderChip(person, row.first + index, messages, mes))}
                </div>`,
          )
        : nothing}
    </div>`;
  }

  private renderChip(
    person: Person,
    index: number,
    messages: Map<string, number>,
    mes: Map<string, Me | undefined>,
  ): TemplateResult {
    const me = mes.get(person.entry);
    return html`<pbx-chip
      data-index=${index}
      .person=${person}
      .name=${this.name(person)}
      .picture=${this.getPicture(person)}
      .messages=${messages.get(`${person.entry} ${person.number}`) ?? 0}
      .actions=${this.listActions(person, me)}
      .ahead=${this.store!.ahead}
      .t=${this.t}
      .who=${this.getNamer(person.entry)}
      ?current=${index === this.current}
    ></pbx-chip>`;
  }

  /** Return what names the parties of a PBX, the same function each time so that no chip is drawn anew. */
  private getNamer(entry: string): (call: OwnCall) => string {
    let namer = this.namers.get(entry);
    if (!namer) this.namers.set(entry, (namer = (call) => this.who(call, entry)));
    return namer;
  }

  private listActions(person: Person, me: Me | undefined): ChipActions {
    const who = this.name(person);
    const pickUp = mayPickUp(me, person) && !this.transferring;
    if (this.transferring && mayTransfer(me, person, this.transferring)) return { tap: this.t("action.transfer_to", { who }), pickUp };
    return { tap: mayCall(me, person) ? this.t("action.call_who", { who }) : undefined, pickUp };
  }

  private getPicture(person: Person): string | undefined {
    const picture = person.person ? this.hass.states[person.person]?.attributes.entity_picture : undefined;
    return typeof picture === "string" ? this.hass.hassUrl(picture) : undefined;
  }

  private countMessages(): Map<string, number> {
    const boxes = this.store!.list("mailboxes").filter((box) => box.number);
    return new Map(boxes.map((box) => [`${box.entry} ${box.number}`, box.new ?? 0]));
  }

  /** Show my own calls, to drag onto somebody. */
  private renderMine(): unknown {
    const { t } = this;
    const mine = listMes(this.store!, this.config.device).flatMap((me) => me.person.calls.map((call) => ({ me, call })));
    return mine.map(({ me, call }) => {
      const transferable = getTransferable(me, call.call_id) !== undefined;
      const who = this.who(call, me.pbx.id);
      return html`<div class="mine" role="group" aria-label=${t("view.my_phone")}>
        <div class="handle" @pointerdown=${(event: PointerEvent) => transferable && this.drag(event, me, call)}>
          <ha-icon icon=${transferable ? "mdi:drag" : "mdi:phone-in-talk"}></ha-icon>
          <span class="grow">${sentence(describeCall(t, call, who))}</span>
          <pbx-timer .since=${call.since} .ahead=${this.store!.ahead}></pbx-timer>
        </div>
        <div class="buttons">
          ${listCallActions(me, call)
            .filter((action) => action.name !== "tones")
            .map((action) => this.renderCallAction(me, call, action))}
        </div>
        ${this.transferring === call.call_id
          ? html`<div class="quiet" role="status">${sentence(t("transfer.choose", { who }))}</div>`
          : nothing}
      </div>`;
    });
  }

  private renderCallAction(me: Me, call: OwnCall, action: CallAction): TemplateResult {
    const { t } = this;
    if (action.name === "transfer") {
      return html`<button
        aria-pressed=${this.transferring === call.call_id}
        @click=${(event: MouseEvent) => this.toggleTransfer(event, call)}
      >
        <ha-icon icon=${action.icon}></ha-icon>${t("action.transfer")}
      </button>`;
    }
    return html`<button class=${action.look ?? ""} @click=${() => this.run(this.commander.press(me, action, call))}>
      <ha-icon icon=${action.icon}></ha-icon>${t(`action.${action.name}`)}
    </button>`;
  }

  /** Who presses with a key goes on with the name of who gets the call. */
  private toggleTransfer(event: MouseEvent, call: OwnCall): void {
    this.transferring = this.transferring === call.call_id ? undefined : call.call_id;
    const pressedByKey = event.detail === 0;
    if (this.transferring && pressedByKey) this.renderRoot.querySelector<HTMLInputElement>("input[type=search]")?.focus();
  }

  private drag(down: PointerEvent, me: Me, call: OwnCall): void {
    let over: PbxChip | undefined;
    const allowed = (element: HTMLElement | undefined): PbxChip | undefined => {
      const chip = element as PbxChip | undefined;
      return chip && this.renderRoot.contains(chip) && mayTransfer(me, chip.person, call.call_id) ? chip : undefined;
    };
    startDrag(
      down,
      this.who(call, me.pbx.id),
      "pbx-chip",
      (element) => {
        const chip = allowed(element);
        if (chip === over) return;
        if (over) over.target = false;
        if (chip) chip.target = true;
        over = chip;
      },
      (element) => {
        const chip = allowed(element);
        if (chip) void this.transfer(chip.person, call.call_id);
      },
    );
  }

  private async transfer(person: Person, id?: string): Promise<void> {
    this.transferring = undefined;
    this.search = "";
    // Since the call was seized it may be over; another one must not go in its place.
    const me = findMeAt(this.store!, person.entry, this.config.device);
    const call = getTransferable(me, id);
    if (!me || !call || !person.number) return;
    await this.run(
      this.commander.transfer(me, call, person.number),
      this.t("done.transferred", { who: this.name(person) }),
    );
  }

  private async handleChip(event: ChipEvent): Promise<void> {
    const { person, action } = event.detail;
    const me = findMeAt(this.store!, person.entry, this.config.device);
    const index = Number((event.target as HTMLElement).dataset.index);
    if (!Number.isNaN(index)) this.current = index;
    if (action === "more" || !me) this.shown = { entry: person.entry, id: person.id };
    else if (action === "pick_up") await this.run(this.commander.pickUp(me, person), this.t("done.picked_up"));
    else if (this.transferring && mayTransfer(me, person, this.transferring)) await this.transfer(person, this.transferring);
    else if (mayCall(me, person)) await this.call(me, person);
  }

  private async call(me: Me, person: Person): Promise<void> {
    await this.run(this.commander.dial(me, person.number!), this.t("done.calling", { who: this.name(person) }));
  }

  private handleSearchKey(event: KeyboardEvent): void {
    if (event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault();
      void this.focusChip(0);
    }
  }

  private handleKey(event: KeyboardEvent): void {
    const rtl = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    const steps: Record<string, number> = {
      ArrowRight: rtl,
      ArrowLeft: -rtl,
      ArrowDown: this.columns,
      ArrowUp: -this.columns,
      Home: -this.order.length,
      End: this.order.length,
    };
    const step = steps[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    void this.focusChip(Math.max(0, Math.min(this.order.length - 1, this.current + step)));
  }

  private async focusChip(index: number): Promise<void> {
    this.current = index;
    await this.updateComplete;
    const chip = this.renderRoot.querySelector<PbxChip>(`pbx-chip[data-index="${index}"]`);
    if (!chip) return;
    await chip.updateComplete;
    chip.focus();
    chip.scrollIntoView({ block: "nearest" });
  }

  private renderMoreDialog(): unknown {
    const person = this.shown && this.store!.get("people", this.shown.entry, this.shown.id);
    if (!person) return nothing;
    const me = findMeAt(this.store!, person.entry, this.config.device);
    const nobody = this.me === undefined;
    const actions = {
      call: (number: string) => this.run(this.commander.dial(me!, number), this.t("done.calling", { who: this.name(person) })),
      pickUp: () => this.run(this.commander.pickUp(me!, person), this.t("done.picked_up")),
      transfer: () => this.transfer(person, this.transferring),
      name: (number: string) => nameNumber(this.store!, this.hass, person.entry, number),
    };
    const body = renderPerson(this.t, this.store!, person, me, actions, nobody);
    return renderDialog(this.t, this.name(person), body, () => (this.shown = undefined));
  }
}

const keyOf = (person: Person): string => `${person.entry} ${person.id}`;
