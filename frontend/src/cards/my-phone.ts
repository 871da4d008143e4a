import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { getCall, hasCall, listCallActions, listMes, mayDial, type CallAction, type Me } from "../actions";
import { collator, describeCall, isBusy, matches, nameNumber } from "../people";
import { sentence } from "../parts/sentence";
import { shared } from "../styles";
import type { TextKey } from "../texts";
import { formatMoment } from "../time";
import type { Hass, OwnCall, Person } from "../types";
import { BaseCard, DEVICE_FIELD, makeForm, TITLE_FIELD } from "./base";
import { myPhoneStyles } from "./my-phone-styles";
import { renderToReturn, ToDoList } from "./to-return";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const LETTERS = ["", "ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ", "", "+", ""];
/** For how long do not disturb can be switched on, in minutes. */
const QUIET = [30, 60, 240, 480];
type Unfolded = "tones" | "transfer" | "dnd" | "forward" | "presence";
const MOST_FOUND = 8;
const SEARCH_DELAY = 300;

interface Found {
  name: string;
  number: string;
}

export class MyPhoneCard extends BaseCard {
  static override properties = {
    ...BaseCard.properties,
    typed: { state: true },
    found: { state: true },
    open: { state: true },
    sent: { state: true },
    chosen: { state: true },
  };
  protected readonly sections = ["people"] as const;
  /** What stands in the field to dial. */
  declare private typed: string;
  declare private found: Found[];
  /** What is unfolded below a call: its keypad, or whom to transfer it to; and below the settings. */
  declare private open?: Unfolded;
  /** At which call it is unfolded. */
  private openCall?: string;
  /** The tones that were sent since the keypad was unfolded. */
  declare private sent: string;
  /** Which of several telephones was chosen. */
  declare private chosen?: string;
  private readonly toDo = new ToDoList(this as never);
  private searching = 0;

  static override styles = [shared, myPhoneStyles];

  constructor() {
    super();
    this.typed = "";
    this.found = [];
    this.sent = "";
  }

  /** Everybody who looks: the chosen one first, then who can be reached. */
  private get mes(): Me[] {
    const rank = (me: Me): number => (keyOf(me) === this.chosen ? 0 : me.pbx.facts?.connected ? 1 : 2);
    return this.store ? listMes(this.store, this.config?.device).sort((a, b) => rank(a) - rank(b)) : [];
  }

  protected override get me(): Me | undefined {
    return this.mes[0];
  }

  static getStubConfig(): object {
    return {};
  }

  static getConfigForm(): object {
    return makeForm([TITLE_FIELD, DEVICE_FIELD]);
  }

  protected override concerns(before: Hass, after: Hass): boolean {
    return super.concerns(before, after) || this.toDo.concerns(before, after);
  }

  protected override willUpdate(): void {
    // What was unfolded at a call that is over would keep the field to dial away.
    const atCall = this.open === "tones" || this.open === "transfer";
    if (atCall && !hasCall(this.mes, this.openCall)) this.close();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.toDo.follow(this.hass, this.me?.person.to_do);
  }

  protected get heading() {
    return this.config.title ?? this.t("view.my_phone");
  }

  protected renderCard(): unknown {
    const { mes, t } = this;
    const me = mes.at(0);
    if (!this.store!.loaded && !me) return nothing;
    if (!me) {
      return html`<div class="head"><h2>${this.heading}</h2></div>
        <div class="body">
          <p>${t("my.nobody")}</p>
          <p class="quiet">${sentence(t("my.nobody_help"))}</p>
        </div>`;
    }
    const { person } = me;
    // Who has a telephone at several PBXs sees the calls of all of them.
    const calls = mes.flatMap((one) => one.person.calls.map((call) => ({ one, call })));
    const offline = person.phones.length > 0 && person.phones.every((phone) => phone.registered === false);
    return html`
      <div class="head">
        <h2>${this.heading}</h2>
        ${mes.length > 1
          ? this.renderChoice(me)
          : html`<span class="quiet"
              ><bdi>${this.name(person)}</bdi>${person.number ? html` · <bdi>${person.number}</bdi>` : nothing}</span
            >`}
      </div>
      <div class="body">
        ${offline ? html`<div class="note" role="alert"><ha-icon icon="mdi:phone-off"></ha-icon>${t("phone_offline")}</div>` : nothing}
        <div aria-live="assertive">
          ${calls.length
            ? calls.map(({ one, call }, index) => this.renderCall(one, call, index))
            : html`<div class="idle quiet">${t(me.pbx.facts!.connected ? "my.idle" : "status.unknown")}</div>`}
        </div>
        ${this.renderDial(me)} ${this.renderSettings(me)}
        ${this.toDo.entityId
          ? renderToReturn(
              t,
              this.toDo,
              mayDial(me) ? (number) => this.dial(me, number, number) : undefined,
              person.control ? (item) => this.run(this.toDo.setDone(item)) : undefined,
            )
          : nothing}
      </div>
    `;
  }

  /** Let people choose from which of their telephones they call. */
  private renderChoice(me: Me): TemplateResult {
    const choose = (event: Event): void => {
      this.chosen = (event.target as HTMLSelectElement).value;
      this.close();
    };
    const all = listMes(this.store!, this.config.device);
    return html`<select aria-label=${this.t("form.device")} @change=${choose}>
      ${all.map(
        (one) =>
          html`<option value=${keyOf(one)} ?selected=${keyOf(one) === keyOf(me)}>
            ${[this.name(one.person), one.person.number].filter(Boolean).join(" · ")} (${one.pbx.facts!.title})
          </option>`,
      )}
    </select>`;
  }

  /** Fold everything, and forget what was typed. */
  private close(): void {
    this.open = undefined;
    this.typed = this.sent = "";
    this.found = [];
  }

  private toggle(what: Unfolded, call?: string): void {
    const opens = this.open !== what || this.openCall !== call;
    this.close();
    this.openCall = call;
    if (opens) this.open = what;
  }

  private renderCall(me: Me, call: OwnCall, index: number): TemplateResult {
    const { t } = this;
    const who = this.who(call, me.pbx.id);
    const knocks = call.state === "ringing" && index > 0;
    const words = knocks ? t("call.knocking", { who }) : describeCall(t, call, who);
    const isOpen = (what: "tones" | "transfer"): boolean => this.open === what && this.openCall === call.call_id;
    return html`<div class="call ${call.state} ${index ? "more" : ""}" role="group" aria-label=${words}>
      <div class="caller">${this.renderFace(call)}<bdi>${who}</bdi></div>
      <div class="facts">
        <span>${call.parked ? t("done.parked") : t(`status.${call.state}` as TextKey)}</span>
        ${call.number && call.number !== who ? html`<bdi>${call.number}</bdi>` : nothing}
        ${call.queue ? html`<span>${t("calls.queue_name", { name: call.queue })}</span>` : nothing}
        ${this.renderGroups(call)}
        ${call.recorded ? html`<span class="group"><ha-icon icon="mdi:record-rec"></ha-icon>${t("call.recorded")}</span>` : nothing}
        <pbx-timer .since=${call.since} .ahead=${this.store!.ahead}></pbx-timer>
      </div>
      <div class="buttons">${listCallActions(me, call).map((action) => this.renderAction(me, call, action))}</div>
      ${isOpen("tones")
        ? html`<div class="sent" role="status">${this.sent}</div>
            ${this.renderPad((tone) => this.sendTone(me, call, tone), "action.send_tone")}`
        : nothing}
      ${isOpen("transfer") ? this.renderTransfer(me, call) : nothing}
    </div>`;
  }

  private renderAction(me: Me, call: OwnCall, action: CallAction): TemplateResult {
    const { t } = this;
    const icon = html`<ha-icon icon=${action.icon}></ha-icon>${t(`action.${action.name}`)}`;
    if (!action.local) {
      return html`<button class=${action.look ?? ""} @click=${() => this.act(me, action, call)}>${icon}</button>`;
    }
    const what = action.name as "tones" | "transfer";
    const expanded = this.open === what && this.openCall === call.call_id;
    return html`<button aria-expanded=${expanded} @click=${() => this.toggle(what, call.call_id)}>${icon}</button>`;
  }

  private async act(me: Me, action: CallAction, call: OwnCall): Promise<void> {
    const done = action.name === "park" ? this.t("done.parked") : undefined;
    await this.run(this.commander.press(me, action, call), done);
  }

  private renderPad(press: (key: string) => void, label: TextKey | undefined): TemplateResult {
    return html`<div class="pad" role="group" aria-label=${this.t("action.tones")}>
      ${KEYS.map(
        (key, index) =>
          html`<button aria-label=${label ? this.t(label, { tone: key }) : nothing} @click=${() => press(key)}>
            ${key}<small data-text=${LETTERS[index]}></small>
          </button>`,
      )}
    </div>`;
  }

  private sendTone(me: Me, call: OwnCall, tone: string): void {
    this.sent += tone;
    void this.run(this.commander.act(me, "send_dtmf", call, { digits: tone }));
  }

  private renderTransfer(me: Me, call: OwnCall): TemplateResult {
    const finish = (number: string, name: string): void => {
      this.close();
      void this.run(this.commander.transfer(me, call, number), this.t("done.transferred", { who: name }));
    };
    return this.renderSearch(me, "action.transfer", "mdi:phone-forward", finish);
  }

  private renderDial(me: Me): unknown {
    if (!mayDial(me) || ["transfer", "forward", "presence"].includes(this.open ?? "")) return nothing;
    const call = (number: string, name: string): void => {
      this.close();
      void this.dial(me, number, name);
    };
    const inCall = getCall(me.person, "talking") !== undefined;
    return html`${this.renderSearch(me, "action.call", "mdi:phone", call)}
    ${inCall ? nothing : this.renderPad((key) => this.type(me, this.typed + key), undefined)}`;
  }

  private async dial(me: Me, number: string, who: string): Promise<void> {
    await this.run(this.commander.dial(me, number), this.t("done.calling", { who }));
  }

  /** A field for a name or a number, with who is meant below it. */
  private renderSearch(me: Me, label: TextKey, icon: string, choose: (number: string, name: string) => void): TemplateResult {
    const { t } = this;
    const number = this.typed.trim();
    // Who transfers or forwards sees whom there is before anything is typed; to dial there is the keypad.
    const found = this.typed || label === "action.call" ? this.found : this.findColleagues(me, "");
    return html`<div class="dial">
        <input
          type="text"
          autocomplete="off"
          aria-label=${t("search.dial")}
          placeholder=${t("search.dial")}
          .value=${this.typed}
          @input=${(event: Event) => this.type(me, (event.target as HTMLInputElement).value)}
          @keydown=${(event: KeyboardEvent) => {
            if (event.key !== "Enter") return;
            const first = number ? this.found[0] : undefined;
            if (isNumber(number)) choose(number, number);
            else if (first) choose(first.number, first.name);
          }}
        />
        ${this.typed
          ? html`<button class="icon" aria-label=${t("action.delete_digit")} @click=${() => this.type(me, this.typed.slice(0, -1))}>
              <ha-icon icon="mdi:backspace-outline"></ha-icon>
            </button>`
          : nothing}
        <button class="good" ?disabled=${!isNumber(number)} @click=${() => choose(number, number)}>
          <ha-icon icon=${icon}></ha-icon>${t(label)}
        </button>
      </div>
      ${found.length
        ? html`<ul class="found" aria-label=${t("search")}>
            ${found.map(
              (item) =>
                html`<li>
                  <button @click=${() => choose(item.number, item.name)}>
                    <ha-icon icon=${icon}></ha-icon><span class="grow"><bdi>${item.name}</bdi></span
                    ><bdi class="quiet">${item.number}</bdi>
                  </button>
                </li>`,
            )}
          </ul>`
        : number && !isNumber(number)
          ? html`<p class="quiet" role="status">${t("people.nobody_found")}</p>`
          : nothing}`;
  }

  private type(me: Me, text: string): void {
    this.typed = text;
    const words = text.trim();
    clearTimeout(this.searching);
    this.found = words ? this.findColleagues(me, words) : [];
    if (words.length > 2 && !isNumber(words) && me.pbx.can("find_contacts")) {
      this.searching = window.setTimeout(() => void this.findContacts(me, words), SEARCH_DELAY);
    }
  }

  private findColleagues(me: Me, words: string): Found[] {
    const order = collator(this.hass.locale.language);
    return this.store!
      .list("people", me.pbx.id)
      .filter((person): person is Person & { number: string } => !!person.number && person.id !== me.person.id)
      .filter((person) => matches(this.name(person), person.number, words))
      .sort((a, b) => Number(isBusy(a)) - Number(isBusy(b)) || order.compare(this.name(a), this.name(b)))
      .slice(0, MOST_FOUND)
      .map((person) => ({ name: this.name(person), number: person.number }));
  }

  private async findContacts(me: Me, words: string): Promise<void> {
    const contacts = await this.commander.findContacts(me.pbx.id, words).catch(() => []);
    if (this.typed.trim() !== words) return;
    const known = new Set(this.found.map((item) => item.number));
    const more = contacts.filter((item) => item.number && !known.has(item.number)) as Found[];
    this.found = [...this.found, ...more].slice(0, MOST_FOUND * 2);
  }

  private renderSettings(me: Me): unknown {
    const { person, pbx } = me;
    const { t } = this;
    const may = (capability: string): boolean =>
      !!pbx.facts?.connected && person.control && person.editable && pbx.can(capability);
    const dnd = person.do_not_disturb !== null && may("set_do_not_disturb");
    const forward = "always" in person.forwards && may("set_forward");
    const presence = may("set_presence");
    if (!dnd && !forward && !presence) return nothing;
    const to = person.forwards.always;
    return html`<div class="settings">
        ${dnd
          ? html`<button aria-expanded=${this.open === "dnd"} aria-pressed=${!!person.do_not_disturb} @click=${() => this.toggle("dnd")}>
              <ha-icon icon=${person.do_not_disturb ? "mdi:bell-off" : "mdi:bell"}></ha-icon>${t("do_not_disturb")}:
              ${this.describeQuiet(person)}
            </button>`
          : nothing}
        ${forward
          ? html`<button aria-expanded=${this.open === "forward"} aria-pressed=${!!to} @click=${() => this.toggle("forward")}>
              <ha-icon icon="mdi:call-split"></ha-icon>${to ? t("forwarded_to", { number: nameNumber(this.store!, this.hass, pbx.id, to) }) : t("action.forward")}
            </button>`
          : nothing}
        ${presence
          ? html`<button aria-expanded=${this.open === "presence"} @click=${() => this.toggle("presence")}>
              <ha-icon icon="mdi:account-clock"></ha-icon>${t("presence")}${person.presence ? `: ${t(`presence.${person.presence}` as TextKey)}` : ""}
            </button>`
          : nothing}
      </div>
      ${presence && this.open === "presence" ? this.renderPresence(me) : nothing}
      ${dnd && this.open === "dnd" ? this.renderQuiet(me) : nothing}
      ${forward && this.open === "forward" ? this.renderForward(me) : nothing}`;
  }

  private describeQuiet(person: Person): string {
    const until = person.do_not_disturb_until;
    if (!person.do_not_disturb || !until) return this.t(person.do_not_disturb ? "dnd.on" : "dnd.off");
    return this.t("dnd.until", { time: formatMoment(this.hass, until, this.store!.now()) });
  }

  private renderQuiet(me: Me): TemplateResult {
    const { t } = this;
    const set = (on: boolean, minutes?: number) => () => {
      this.close();
      void this.run(this.commander.setDoNotDisturb(me, on, minutes));
    };
    return html`<div class="settings" role="group" aria-label=${t("do_not_disturb")}>
      ${me.person.do_not_disturb ? html`<button @click=${set(false)}>${t("dnd.off")}</button>` : nothing}
      ${QUIET.map(
        (minutes) =>
          html`<button @click=${set(true, minutes)}>
            ${minutes < 60 ? t("dnd.minutes", { count: minutes }) : t("dnd.hours", { count: minutes / 60 })}
          </button>`,
      )}
      <button @click=${set(true)}>${t("dnd.until_off")}</button>
    </div>`;
  }

  /** Let people say what they do, with a few words of their own. */
  private renderPresence(me: Me): TemplateResult {
    const { t } = this;
    const set = (activity: string) => () => {
      const note = this.typed.trim();
      this.close();
      void this.run(this.commander.setPresence(me, activity, note));
    };
    return html`<div class="settings" role="group" aria-label=${t("presence")}>
      <input
        type="text"
        aria-label=${t("presence.note")}
        placeholder=${t("presence.note")}
        .value=${this.typed}
        @input=${(event: Event) => (this.typed = (event.target as HTMLInputElement).value)}
      />
      ${me.pbx.facts!.presences.map(
        (activity) =>
          html`<button aria-pressed=${me.person.presence === activity} @click=${set(activity)}>
            ${t(`presence.${activity}` as TextKey)}
          </button>`,
      )}
    </div>`;
  }

  private renderForward(me: Me): TemplateResult {
    const { t } = this;
    const set = (number: string | null): void => {
      this.close();
      void this.run(this.commander.forward(me, number));
    };
    return html`${me.person.forwards.always
        ? html`<div class="settings" role="group" aria-label=${t("action.forward")}>
            <button @click=${() => set(null)}>${t("action.stop_forwarding")}</button>
          </div>`
        : nothing}
      ${this.renderSearch(me, "action.forward_to", "mdi:call-split", set)}`;
  }
}

const keyOf = (me: Me): string => `${me.pbx.id} ${me.person.id}`;

export function isNumber(text: string): boolean {
  return /^\+?[\d*#][\d*#\s()./-]*$/.test(text);
}
