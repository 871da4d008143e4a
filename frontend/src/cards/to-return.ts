import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from "lit";
import type { Localize } from "../texts";
import type { Hass } from "../types";

export interface ToDoItem {
  uid: string;
  summary: string;
  status: "needs_action" | "completed";
  due?: string;
  description?: string;
}

/** The list of calls to return, as Home Assistant keeps it. */
export class ToDoList implements ReactiveController {
  entityId?: string;
  items: ToDoItem[] = [];
  private hass?: Hass;
  /** The list that belongs to who looks, whether it is there or not. */
  private wanted?: string;
  private stop?: Promise<(() => unknown) | undefined>;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  /**
   * Show a list for as long as it is there. With a restart or a reload the list becomes another one, of which a
   * subscription to the former one would never hear.
   */
  follow(hass: Hass, wanted: string | null | undefined): void {
    this.hass = hass;
    this.wanted = wanted ?? undefined;
    const entityId = this.isThere(hass) ? this.wanted : undefined;
    if (entityId === this.entityId) return;
    this.hostDisconnected();
    if (!entityId) return;
    this.entityId = entityId;
    this.stop = hass.connection
      .subscribeMessage<{ items: ToDoItem[] }>(
        (message) => {
          this.items = message.items;
          this.host.requestUpdate();
        },
        { type: "todo/item/subscribe", entity_id: entityId },
      )
      .catch(() => undefined);
  }

  /** Return whether the list came or went. */
  concerns(before: Hass, after: Hass): boolean {
    return this.isThere(before) !== this.isThere(after);
  }

  private isThere(hass: Hass): boolean {
    const state = this.wanted && hass.states[this.wanted]?.state;
    return !!state && state !== "unavailable";
  }

  hostConnected(): void {
    this.host.requestUpdate();
  }

  hostDisconnected(): void {
    void this.stop?.then((stop) => stop?.());
    this.stop = undefined;
    this.entityId = undefined;
    this.items = [];
  }

  async setDone(item: ToDoItem): Promise<void> {
    const data = { item: item.uid, status: item.status === "completed" ? "needs_action" : "completed" };
    await this.hass?.callService("todo", "update_item", data, { entity_id: this.entityId });
  }
}

/** So far apart are the end of a call and what is to be done about it at most, in milliseconds. */
const NEAR = 1_500;

/** Return what is to be done about which call: an item is due from when the last call of somebody ended. */
export function assignItems<Call extends { ended: string }>(items: ToDoItem[], calls: Call[]): Map<Call, ToDoItem> {
  const found = new Map<Call, ToDoItem>();
  for (const item of items.filter(({ status, due }) => status === "needs_action" && due)) {
    const distance = (call: Call): number => Math.abs(Date.parse(item.due!) - Date.parse(call.ended));
    const [nearest] = calls.filter((call) => distance(call) < NEAR).sort((a, b) => distance(a) - distance(b));
    if (nearest) found.set(nearest, item);
  }
  return found;
}

/** `call` and `done` are undefined where the user may not. */
export function renderToReturn(
  t: Localize,
  list: ToDoList,
  call: ((number: string) => unknown) | undefined,
  done: ((item: ToDoItem) => unknown) | undefined,
): TemplateResult {
  const open = list.items.filter((item) => item.status === "needs_action");
  return html`<h3>${t("to_return")}</h3>
    ${open.length
      ? html`<ul>
          ${open.map((item) => {
            const number = findNumber(item.summary);
            return html`<li class="row">
              ${done
                ? html`<input
                    type="checkbox"
                    title=${t("to_return.done", { what: item.summary })}
                    aria-label=${t("to_return.done", { what: item.summary })}
                    @change=${() => done(item)}
                  />`
                : nothing}
              <span class="grow"
                ><bdi>${item.summary}</bdi>${item.description
                  ? html` <span class="quiet">${item.description}</span>`
                  : nothing}</span
              >
              ${number && call
                ? html`<button class="icon" title=${t("action.call_back")} aria-label=${t("action.call_back_who", { who: item.summary })} @click=${() => call(number)}>
                    <ha-icon icon="mdi:phone"></ha-icon>
                  </button>`
                : nothing}
            </li>`;
          })}
        </ul>`
      : html`<div class="quiet">${t("to_return.none")}</div>`}`;
}

/** Return the number in a summary such as "Call back Jansen (+31201234567)", unless it is masked. */
export function findNumber(summary: string): string | undefined {
  if (summary.includes("•")) return undefined;
  return /(\+?\d[\d\s-]{1,})\)?$/.exec(summary)?.[1]?.trim();
}
