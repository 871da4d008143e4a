import { html, nothing, type TemplateResult } from "lit";
import { mayCall, mayPickUp, mayTransfer, type Me } from "../actions";
import { sentence } from "../parts/sentence";
import { describeCall, describeForwards } from "../people";
import type { Store } from "../store";
import type { Localize, TextKey } from "../texts";
import type { Person } from "../types";

interface PersonActions {
  call: (number: string) => unknown;
  pickUp: () => unknown;
  transfer: () => unknown;
  /** The name of who has a number. */
  name: (number: string) => string;
}

/** Show all there is to know of a person, and what can be done; `nobody` says that who looks has no telephone. */
export function renderPerson(
  t: Localize,
  store: Store,
  person: Person,
  me: Me | undefined,
  actions: PersonActions,
  nobody: boolean,
): TemplateResult {
  const close = (run: () => unknown) => (event: Event) => {
    (event.currentTarget as Element).closest("dialog")?.close();
    run();
  };
  const forwards = describeForwards(t, person, actions.name);
  const presence = person.presence ? t(`presence.${person.presence}` as TextKey) : "";
  return html`
    <div class="buttons">
      ${mayCall(me, person)
        ? html`<button class="good" @click=${close(() => actions.call(person.number!))}>
            <ha-icon icon="mdi:phone"></ha-icon>${t("action.call")}
          </button>`
        : nothing}
      ${mayTransfer(me, person)
        ? html`<button @click=${close(actions.transfer)}>
            <ha-icon icon="mdi:phone-forward"></ha-icon>${t("action.transfer")}
          </button>`
        : nothing}
      ${mayPickUp(me, person)
        ? html`<button class="good" @click=${close(actions.pickUp)}>
            <ha-icon icon="mdi:phone-incoming"></ha-icon>${t("action.pick_up")}
          </button>`
        : nothing}
    </div>
    ${nobody ? html`<div>${t("my.nobody")}<br /><span class="quiet">${sentence(t("my.nobody_help"))}</span></div>` : nothing}
    <ul>
      <li class="row">
        <span class="grow">${t(`status.${person.status}`)}${presence ? html` · ${presence}` : nothing}</span>
        <bdi>${person.number}</bdi>
      </li>
      ${person.presence_note ? html`<li class="row"><bdi>${person.presence_note}</bdi></li>` : nothing}
      ${person.calls.map(
        (call) =>
          html`<li class="row">
            <span class="grow"
              >${sentence(describeCall(t, call, call.name || call.number || t("unknown_caller")))}
              ${call.groups?.length ? html`<span class="quiet"><bdi>${call.groups.join(", ")}</bdi></span>` : nothing}
              ${call.queue ? html`<span class="quiet">${t("calls.queue_name", { name: call.queue })}</span>` : nothing}</span
            >
            <pbx-timer .since=${call.since} .ahead=${store.ahead}></pbx-timer>
          </li>`,
      )}
      ${person.do_not_disturb
        ? html`<li class="row"><ha-icon icon="mdi:bell-off"></ha-icon>${t("do_not_disturb")}</li>`
        : nothing}
      ${forwards.map(
        (words) => html`<li class="row"><ha-icon icon="mdi:call-split"></ha-icon>${sentence(words)}</li>`,
      )}
      ${person.phones.map(
        (phone) =>
          html`<li class="row">
            <ha-icon icon=${phone.registered === false ? "mdi:phone-off" : "mdi:deskphone"}></ha-icon>
            <span class="grow"><bdi>${phone.name}</bdi></span>
            ${phone.registered === false ? html`<span class="quiet">${t("status.offline")}</span>` : nothing}
          </li>`,
      )}
    </ul>
  `;
}
