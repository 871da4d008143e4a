import type { Pbx, Store } from "./store";
import type { Agent, Hass, OwnCall, Person, Queue } from "./types";

/** What can be done by whom; what cannot work is not offered. */

/** The person who looks, at the PBX where they act: by login, or the device that a card names. */
export interface Me {
  pbx: Pbx;
  person: Person;
}

const isMe = (pbx: Pbx, person: Person, device?: string): boolean =>
  device
    ? person.device_id === device || person.phones.some((phone) => phone.device_id === device)
    : (pbx.facts?.me.includes(person.id) ?? false);

const titleOf = (pbx: Pbx): string => pbx.facts?.title ?? "";

/** Return everybody at every PBX; after a restart the PBXs are told in another order. */
export const listEverybody = (store: Store): Me[] =>
  [...store.pbxs.values()].sort((a, b) => titleOf(a).localeCompare(titleOf(b))).flatMap((pbx) => [...pbx.sections.people.values()].map((person) => ({ pbx, person })));

/** Return everybody who looks: one at each PBX, or those whose user or phone a card names. */
export const listMes = (store: Store, device?: string): Me[] =>
  listEverybody(store).filter(({ pbx, person }) => isMe(pbx, person, device));

export const findMe = (store: Store, device?: string): Me | undefined => listMes(store, device)[0];

/** Return who acts at the PBX of a person: somebody else can only be reached within their own PBX. */
export const findMeAt = (store: Store, entry: string, device?: string): Me | undefined =>
  listMes(store, device).find((me) => me.pbx.id === entry);

const may = (me: Me | undefined, capability: string): me is Me =>
  !!me &&
  !!me.pbx.facts?.connected &&
  me.person.control &&
  me.person.controllable &&
  me.pbx.can(capability) &&
  !!me.person.device_id;

/** Return whether somebody else of the same PBX is meant. */
const isColleague = (me: Me, who: Person): boolean => me.pbx.id === who.entry && me.person.id !== who.id;

export const mayDial = (me: Me | undefined): me is Me => may(me, "dial");

export function mayCall(me: Me | undefined, who: Person): me is Me {
  return mayDial(me) && !!who.number && isColleague(me, who);
}

export function mayPickUp(me: Me | undefined, who: Person): me is Me {
  return may(me, "pick_up") && isColleague(me, who) && who.control && getFetchable(who) !== undefined;
}

const TRANSFERABLE: OwnCall["state"][] = ["talking", "on_hold", "ringing"];

export function mayTransfer(me: Me | undefined, who: Person, call?: string): me is Me {
  return may(me, "transfer") && !!who.number && isColleague(me, who) && getTransferable(me, call) !== undefined;
}

export type AgentChange = "login" | "logout" | "pause" | "resume";

/** Return whether an agent can be logged in or out or be paused. */
export function mayChangeAgent(pbx: Pbx, queue: Queue, agent: Agent, who: Person, change: AgentChange): boolean {
  const can = pbx.can(change === "pause" || change === "resume" ? "pause_queue_agent" : "set_queue_agent");
  const allowed = queue.control && who.control && who.controllable;
  const moves = change === "pause" || change === "resume" || !agent.permanent;
  return can && allowed && moves && !!pbx.facts?.connected && !!queue.device_id && !!who.device_id;
}

/** Return whether what is parked at somebody, who may be oneself, can be brought to the own phone. */
export const mayFetch = (me: Me | undefined, who: Person): me is Me => may(me, "pick_up") && who.control;

/** Return the call that others can bring to their phone: one that rings, or is parked. */
const getFetchable = (who: Person): OwnCall | undefined =>
  getCall(who, "ringing") ?? who.calls.find((call) => call.parked);

export function getCall(who: Person, ...states: OwnCall["state"][]): OwnCall | undefined {
  return who.calls.find((call) => states.includes(call.state));
}

/** Return whether a call is still there for one of those who look. */
export const hasCall = (mes: Me[], id: string | undefined): boolean =>
  mes.some(({ person }) => person.calls.some((call) => call.call_id === id));

/** Return the call that would be transferred: that of an id, else the one that is up, else one that rings here. */
export function getTransferable(me: Me | undefined, id?: string): OwnCall | undefined {
  if (!may(me, "transfer")) return undefined;
  const calls = me.person.calls.filter((call) => TRANSFERABLE.includes(call.state) && !call.parked);
  if (id !== undefined) return calls.find((call) => call.call_id === id);
  return calls.find((call) => call.state !== "ringing") ?? calls.at(0);
}

export interface CallAction {
  name:
    | "answer" | "reject" | "hang_up" | "hold" | "resume" | "transfer" | "connect" | "park" | "tones"
    | "record" | "stop_recording" | "pick_up";
  icon: string;
  service: string;
  capability: string;
  states: OwnCall["state"][];
  look?: "good" | "bad";
  /** Whether it only opens something on the card. */
  local?: boolean;
  /** What is sent besides the call, undefined where the action makes no sense at the moment. */
  data?: (me: Me, call: OwnCall) => object | undefined;
}

/** Return the other call that a call can be connected with, which is asked of the first one only. */
function findOther(me: Me, call: OwnCall): OwnCall | undefined {
  const up = me.person.calls.filter((one) => (one.state === "talking" || one.state === "on_hold") && !one.parked);
  return up[0] === call ? up[1] : undefined;
}

function connect(me: Me, call: OwnCall): object | undefined {
  const other = findOther(me, call);
  return other && { other_call_id: other.call_id };
}

/** In the order in which they are shown. */
export const CALL_ACTIONS: CallAction[] = [
  { name: "pick_up", icon: "mdi:phone-incoming", service: "pick_up", capability: "pick_up", states: ["on_hold"], look: "good" },
  { name: "answer", icon: "mdi:phone", service: "answer", capability: "answer", states: ["ringing"], look: "good" },
  { name: "reject", icon: "mdi:phone-remove", service: "reject", capability: "reject", states: ["ringing"], look: "bad" },
  { name: "hang_up", icon: "mdi:phone-hangup", service: "hangup", capability: "hang_up", states: ["talking", "on_hold", "dialing"], look: "bad" },
  { name: "hold", icon: "mdi:pause", service: "hold", capability: "hold", states: ["talking"] },
  { name: "resume", icon: "mdi:play", service: "resume", capability: "hold", states: ["on_hold"] },
  { name: "transfer", icon: "mdi:phone-forward", service: "transfer", capability: "transfer", states: TRANSFERABLE, local: true },
  { name: "connect", icon: "mdi:call-merge", service: "transfer", capability: "transfer", states: ["talking", "on_hold"], data: connect },
  { name: "park", icon: "mdi:parking", service: "park", capability: "park", states: ["talking", "on_hold"] },
  { name: "tones", icon: "mdi:dialpad", service: "send_dtmf", capability: "send_dtmf", states: ["talking"], local: true },
  { name: "record", icon: "mdi:record-rec", service: "set_recording", capability: "set_recording", states: ["talking"], data: (_, call) => (call.recorded ? undefined : { on: true }) },
  { name: "stop_recording", icon: "mdi:stop", service: "set_recording", capability: "set_recording", states: ["talking", "on_hold"], data: (_, call) => (call.recorded ? { on: false } : undefined) },
];

export function listCallActions(me: Me | undefined, call: OwnCall): CallAction[] {
  // What is parked at a phone is with the PBX, from where it is fetched like anybody else's.
  const isAlike = (action: CallAction): boolean => call.parked === (action.name === "pick_up") || action.name === "hang_up";
  return CALL_ACTIONS.filter((action) => may(me, action.capability) && action.states.includes(call.state) && isAlike(action)).filter(
    (action) => !action.data || action.data(me!, call) !== undefined,
  );
}

export class Commander {
  constructor(private readonly hass: Hass) {}

  /** Do what a button of a call says. */
  async press(me: Me, action: CallAction, call: OwnCall): Promise<void> {
    await this.act(me, action.service, call, action.data?.(me, call));
  }

  async act(me: Me, service: string, call: OwnCall, data: object = {}): Promise<void> {
    await this.run(me, service, { call_id: call.call_id, ...data });
  }

  async dial(me: Me, number: string): Promise<void> {
    await this.run(me, "dial", { number });
  }

  async transfer(me: Me, call: OwnCall, number: string): Promise<void> {
    await this.act(me, call.state === "ringing" ? "redirect" : "transfer", call, { number });
  }

  async pickUp(me: Me, who: Person): Promise<void> {
    const call = getFetchable(who);
    if (call?.parked) await this.fetch(me, call);
    else await this.run(me, "pick_up", { ringing_at: who.device_id });
  }

  /** Bring a parked call to the own phone. */
  async fetch(me: Me, call: OwnCall): Promise<void> {
    await this.run(me, "pick_up", { call_id: call.call_id });
  }

  async setDoNotDisturb(me: Me, on: boolean, minutes?: number): Promise<void> {
    await this.run(me, "set_do_not_disturb", { on, ...(minutes ? { duration: { minutes } } : {}) });
  }

  async setPresence(me: Me, activity: string, note: string): Promise<void> {
    await this.run(me, "set_presence", { activity, ...(note ? { note } : {}) });
  }

  async forward(me: Me, number: string | null): Promise<void> {
    await this.run(me, "set_forward", number ? { number } : {});
  }

  async findContacts(entry: string, words: string): Promise<{ name: string; number: string | null }[]> {
    const data = { config_entry_id: entry, words };
    const answer = await this.hass.callService("pbx", "find_contacts", data, undefined, false, true);
    return answer.response?.contacts ?? [];
  }

  async setAgent(who: Person, queue: string, change: AgentChange): Promise<void> {
    await this.hass.callService("pbx", "set_queue_agent", { queue, change }, { device_id: who.device_id });
  }

  private async run(me: Me, service: string, data: object): Promise<void> {
    await this.hass.callService("pbx", service, data, { device_id: me.person.device_id });
  }
}
