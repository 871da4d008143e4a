import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { sentence } from "../parts/sentence";
import { shared } from "../styles";
import type { TextKey } from "../texts";
import type { Agent, Person, Queue } from "../types";
import { mayChangeAgent, type AgentChange } from "../actions";
import { collator, isBusy } from "../people";
import { BaseCard, ENTRY_FIELD, makeForm, QUEUES_FIELD, TITLE_FIELD, type CardConfig, type FormField } from "./base";

export interface WallboardConfig extends CardConfig {
  queues?: string[];
  waiting_warning?: number;
  waiting_alert?: number;
  wait_warning?: number;
  wait_alert?: number;
  service_warning?: number;
  sound?: boolean;
}

export type Level = "good" | "warning" | "alert";
const LEVELS: Level[] = ["good", "warning", "alert"];
const SIGNS: Record<Level, string> = {
  good: "mdi:check-circle",
  warning: "mdi:alert",
  alert: "mdi:alert-octagon",
};
const DEFAULTS = { waiting_warning: 2, waiting_alert: 5, wait_warning: 60, wait_alert: 180, service_warning: 80 };

/** Return how bad a value is: from its first threshold, and from its second. */
export function judge(value: number, warning: number, alert: number): Level {
  return value >= alert ? "alert" : value >= warning ? "warning" : "good";
}

const worst = (...levels: Level[]): Level => LEVELS[Math.max(...levels.map((level) => LEVELS.indexOf(level)))];

export class WallboardCard extends BaseCard<WallboardConfig> {
  static override properties = { ...BaseCard.properties, full: { state: true }, sound: { state: true } };
  protected readonly sections = ["queues", "people"] as const;
  declare private full: boolean;
  declare private sound: boolean;
  private waiting = new Map<string, number>();
  private ticker = 0;
  private audio?: AudioContext;

  static override styles = [
    shared,
    css`
      .body {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 360px), 1fr));
        align-content: start;
        gap: 20px 32px;
      }
      .queue h3 {
        display: flex;
        align-items: center;
        gap: 8px;
        margin: 0 0 8px;
        font-size: 1.15em;
        font-weight: 500;
      }
      .queue.good h3 ha-icon {
        color: var(--pbx-good);
      }
      .queue.warning h3 ha-icon,
      .number.warning ha-icon {
        color: var(--pbx-warn);
      }
      .queue.alert h3 ha-icon,
      .number.alert ha-icon {
        color: var(--pbx-bad);
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(104px, 1fr));
        gap: 8px;
        margin: 0 0 12px;
      }
      .number {
        display: flex;
        flex-direction: column-reverse;
        justify-content: flex-end;
        padding: 10px 12px;
        border: 1px solid var(--pbx-line);
        border-radius: 12px;
      }
      .number.warning {
        border: 2px solid var(--pbx-warn);
      }
      .number.alert {
        border: 2px solid var(--pbx-bad);
        background: color-mix(in srgb, var(--pbx-bad) 12%, transparent);
      }
      dt {
        color: var(--secondary-text-color);
        font-size: 0.9em;
      }
      dd {
        margin: 0;
        font-size: 1.8em;
        line-height: 1.2;
        white-space: nowrap;
        display: flex;
        gap: 6px;
        align-items: center;
      }
      h4 {
        margin: 8px 0 0;
        font-weight: 500;
        color: var(--secondary-text-color);
      }
      dd small {
        font-size: 0.6em;
        color: var(--secondary-text-color);
      }
      ha-card:fullscreen {
        background: var(--card-background-color, #fff);
        font-size: clamp(16px, 1.9vw, 40px);
        border-radius: 0;
      }
      ha-card:fullscreen .queue ha-icon {
        --mdc-icon-size: 1.2em;
      }
      ha-card:fullscreen .body {
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 20em), 1fr));
      }
      ha-card:fullscreen dd {
        font-size: 2.6em;
        line-height: 1.1;
      }
      ha-card:fullscreen dl {
        grid-template-columns: repeat(auto-fill, minmax(6em, 1fr));
      }
      /* Who stands across the room reads, and presses nothing. */
      ha-card:fullscreen li button {
        display: none;
      }
      ha-card:fullscreen .row {
        min-height: 2em;
      }
    `,
  ];

  constructor() {
    super();
    this.full = false;
    this.sound = false;
  }

  static getStubConfig(): object {
    return {};
  }

  static getConfigForm(): object {
    const number = (name: keyof typeof DEFAULTS, unit?: string): FormField => ({
      name,
      otherwise: DEFAULTS[name],
      selector: { number: { min: 0, max: 3600, mode: "box", ...(unit ? { unit_of_measurement: unit } : {}) } },
    });
    return makeForm([
      TITLE_FIELD,
      ENTRY_FIELD,
      QUEUES_FIELD,
      number("waiting_warning"),
      number("waiting_alert"),
      number("wait_warning", "s"),
      number("wait_alert", "s"),
      number("service_warning", "%"),
      { name: "sound", selector: { boolean: {} } },
    ]);
  }

  override setConfig(config: WallboardConfig): void {
    super.setConfig(config);
    this.sound = config.sound ?? false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // How long somebody waits is judged anew although nothing is told.
    this.ticker = window.setInterval(() => this.listQueues().some((queue) => queue.longest_wait) && this.requestUpdate(), 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.ticker);
  }

  private listQueues(): Queue[] {
    const wanted = this.config?.queues;
    const queues = this.store?.list("queues", this.config?.entry) ?? [];
    const order = collator(this.own?.locale.language ?? "en");
    return queues
      .filter((queue) => !wanted?.length || wanted.includes(queue.device_id ?? ""))
      .sort((a, b) => order.compare(a.name, b.name));
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    let rings = false;
    for (const queue of this.listQueues()) {
      const key = `${queue.entry} ${queue.id}`;
      const before = this.waiting.get(key);
      rings ||= before !== undefined && (queue.waiting ?? 0) > before;
      this.waiting.set(key, queue.waiting ?? 0);
    }
    if (rings && this.sound) this.play();
  }

  /** Play two short tones; browsers allow that only after somebody has touched the page. */
  private play(): void {
    this.audio ??= new AudioContext();
    [660, 880].forEach((frequency, index) => {
      const tone = this.audio!.createOscillator();
      const volume = this.audio!.createGain();
      const start = this.audio!.currentTime + index * 0.25;
      tone.frequency.value = frequency;
      volume.gain.value = 0.15;
      tone.connect(volume).connect(this.audio!.destination);
      tone.start(start);
      tone.stop(start + 0.2);
    });
  }

  protected get heading() {
    return this.config.title ?? this.t("view.queues");
  }

  protected renderCard(): unknown {
    const { t } = this;
    if (!this.store!.pbxs.size) return nothing;
    const queues = this.listQueues();
    return html`<div class="head">
        <h2>${this.heading}</h2>
        <button
          class="icon"
          aria-pressed=${this.sound}
          title=${t(this.sound ? "queue.sound_off" : "queue.sound_on")}
          aria-label=${t(this.sound ? "queue.sound_off" : "queue.sound_on")}
          @click=${() => {
            this.sound = !this.sound;
            if (this.sound) this.play();
          }}
        >
          <ha-icon icon=${this.sound ? "mdi:volume-high" : "mdi:volume-off"}></ha-icon>
        </button>
        ${document.fullscreenEnabled
          ? html`<button
              class="icon"
              title=${t(this.full ? "queue.leave_full_screen" : "queue.full_screen")}
              aria-label=${t(this.full ? "queue.leave_full_screen" : "queue.full_screen")}
              @click=${this.toggleFull}
            >
              <ha-icon icon=${this.full ? "mdi:fullscreen-exit" : "mdi:fullscreen"}></ha-icon>
            </button>`
          : nothing}
      </div>
      <div class="body">
        ${queues.length ? queues.map((queue) => this.renderQueue(queue)) : html`<div class="empty">${t("queue.none")}</div>`}
      </div>`;
  }

  private async toggleFull(): Promise<void> {
    const card = this.renderRoot.querySelector("ha-card")!;
    if (this.full) {
      await document.exitFullscreen();
      return;
    }
    await card.requestFullscreen();
    this.full = true;
    card.addEventListener("fullscreenchange", () => (this.full = !!document.fullscreenElement));
  }

  private renderQueue(queue: Queue): TemplateResult {
    const { t } = this;
    const limits = { ...DEFAULTS, ...this.config };
    const seconds = queue.longest_wait ? (this.store!.now() - Date.parse(queue.longest_wait)) / 1000 : 0;
    const waiting = judge(queue.waiting ?? 0, limits.waiting_warning, limits.waiting_alert);
    const wait = judge(seconds, limits.wait_warning, limits.wait_alert);
    const low = queue.service_level !== null && queue.service_level < limits.service_warning;
    const service: Level = low ? "warning" : "good";
    const level = worst(waiting, wait, service);
    const { facts } = this.store!.pbxs.get(queue.entry)!;
    // Of a telephone system that is out of reach nobody knows whether all is well.
    const [sign, look, words] = facts!.connected
      ? [SIGNS[level], level, t(`queue.level.${level}`)]
      : ["mdi:lan-disconnect", "", t("system.disconnected")];
    return html`<div class="queue ${look}" role="group" aria-label=${queue.name}>
      <h3>
        <ha-icon icon=${sign}></ha-icon><span class="grow"
          ><bdi>${queue.name}</bdi>${this.store!.pbxs.size > 1
            ? html` <small class="quiet"><bdi>${facts!.title}</bdi></small>`
            : nothing}</span
        >
        <span class="quiet">${words}</span>
      </h3>
      <dl>
        ${this.renderNumber("queue.waiting", queue.waiting, waiting)}
        ${this.renderNumber(
          "queue.longest_wait",
          queue.longest_wait && html`<pbx-timer .since=${queue.longest_wait} .ahead=${this.store!.ahead}></pbx-timer>`,
          wait,
        )}
        ${this.renderNumber("queue.service_level", queue.service_level === null ? null : sentence(`${Math.round(queue.service_level)}\u00a0%`), service)}
        ${this.renderNumber("queue.answered", queue.answered)} ${this.renderNumber("queue.aborted", queue.aborted)}
        ${queue.agents_free === null
          ? this.renderNumber("queue.agents", queue.agents_logged_in)
          : this.renderNumber(
              "queue.agents_free",
              html`<span>${queue.agents_free}<small> / ${queue.agents_logged_in ?? queue.agents.length}</small></span>`,
            )}
      </dl>
      ${queue.calls.length
        ? html`<h4>${t("queue.callers")}</h4>
            <ul>
              ${queue.calls.map(
                (call) =>
                  html`<li class="row">
                    <span>${call.position}</span>${this.renderFace(call)}<span class="grow"
                      ><bdi>${this.who(call, queue.entry)}</bdi></span
                    >${this.renderGroups(call)}
                    ${call.since ? html`<pbx-timer .since=${call.since} .ahead=${this.store!.ahead}></pbx-timer>` : nothing}
                  </li>`,
              )}
            </ul>`
        : nothing}
      ${queue.agents.length
        ? html`<h4>${t("queue.agents")}</h4>
            <ul>
              ${queue.agents.map((agent) => this.renderAgent(queue, agent))}
            </ul>`
        : nothing}
    </div>`;
  }

  private renderNumber(name: TextKey, value: unknown, level: Level = "good"): unknown {
    if (value === null || value === undefined) return nothing;
    const sign = level === "good" ? nothing : html`<ha-icon icon=${SIGNS[level]}></ha-icon>`;
    return html`<div class="number ${level}">
      <dd>${value}${sign}</dd>
      <dt>${this.t(name)}</dt>
    </div>`;
  }

  private renderAgent(queue: Queue, agent: Agent): TemplateResult {
    const { t } = this;
    const person = this.store!.get("people", queue.entry, agent.user);
    const out = agent.logged_in === false;
    const call = person?.calls.at(0);
    const sign = agent.paused ? "mdi:pause-circle" : out ? "mdi:account-off-outline" : "mdi:account-check";
    // Some systems do not tell who is logged in, but have a word of their own.
    const known = agent.paused ? t("queue.paused") : out ? t("queue.logged_out") : agent.logged_in ? t("queue.logged_in") : "";
    const own = person ? t(`status.${person.status}`) : (agent.status ?? "");
    const status = !known ? own : person && isBusy(person) ? `${known} · ${own}` : known;
    return html`<li class="row">
      <ha-icon icon=${sign}></ha-icon>
      <span class="grow"><bdi>${person ? this.name(person) : agent.name}</bdi> <span class="quiet">${status}</span></span>
      ${call ? html`<pbx-timer .since=${call.since} .ahead=${this.store!.ahead}></pbx-timer>` : nothing}
      ${agent.paused && agent.paused_since && !call
        ? html`<pbx-timer .since=${agent.paused_since} .ahead=${this.store!.ahead}></pbx-timer>`
        : nothing}
      ${person ? this.renderAgentButtons(queue, agent, person) : nothing}
    </li>`;
  }

  private renderAgentButtons(queue: Queue, agent: Agent, person: Person): unknown {
    const pbx = this.store!.pbxs.get(queue.entry)!;
    // Where the PBX does not say who has paused, either may be what is wanted.
    const pauses: AgentChange[] = agent.paused === null ? ["pause", "resume"] : [agent.paused ? "resume" : "pause"];
    const changes: AgentChange[] = agent.logged_in ? [...pauses, "logout"] : ["login"];
    const words = { resume: "queue.resume", pause: "queue.pause", logout: "queue.log_out", login: "queue.log_in" } as const;
    return changes
      .filter((change) => mayChangeAgent(pbx, queue, agent, person, change))
      .map((change) => {
        const label = this.t(words[change]);
        return html`<button
          aria-label="${label}: ${this.name(person)}"
          @click=${() => this.run(this.commander.setAgent(person, queue.device_id!, change))}
        >
          ${label}
        </button>`;
      });
  }
}
