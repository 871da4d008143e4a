import type { Store } from "./store";
import type { Localize, TextKey } from "./texts";
import type { Hass, OwnCall, Person } from "./types";

export type GroupBy = "none" | "area" | "label" | "queue" | "system";
export interface Group {
  name: string;
  people: Person[];
}

const collators = new Map<string, Intl.Collator>();

export function collator(language: string): Intl.Collator {
  let found = collators.get(language);
  if (!found) {
    try {
      found = new Intl.Collator(language, { sensitivity: "base", numeric: true });
    } catch {
      found = new Intl.Collator();
    }
    collators.set(language, found);
  }
  return found;
}

export const isBusy = (person: Person): boolean =>
  person.calls.length > 0 || !["idle", "offline", "unknown"].includes(person.status);

/** Return whether every word of a search begins a word of the name or the extension. */
export function matches(name: string, number: string | null, search: string): boolean {
  const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const words = fold(`${name} ${number ?? ""}`).split(/[\s,.-]+/);
  return fold(search).trim().split(/\s+/).every((part) => words.some((word) => word.startsWith(part)));
}

/** Return who has a number at a PBX, or the number itself. */
export function nameNumber(store: Store, hass: Hass, entry: string, number: string): string {
  const owner = store.list("people", entry).find((person) => person.number === number);
  return owner ? nameOf(hass, owner) : number;
}

/** Return a person's name, as somebody may have changed it in Home Assistant. */
export function nameOf(hass: Hass, person: Person): string {
  const device = person.device_id ? hass.devices?.[person.device_id] : undefined;
  return device?.name_by_user || person.name;
}

/** Say what a call does for who takes part in it; `who` is the other party. */
export function describeCall(t: Localize, call: OwnCall, who: string): string {
  return t(call.parked ? "call.parked" : (`call.${call.state}` as TextKey), { who });
}

const FORWARDS = {
  always: "forwarded_to",
  busy: "forwarded_to.busy",
  no_answer: "forwarded_to.no_answer",
} as const;

/** Say to whom calls are forwarded, and when; `name` makes a name of a number. */
export function describeForwards(t: Localize, person: Person, name = (number: string) => number): string[] {
  return Object.entries(FORWARDS)
    .filter(([kind]) => person.forwards[kind])
    .map(([kind, text]) => t(text, { number: name(person.forwards[kind]!) }));
}

/** Return to which groups a person belongs; labels and queues may be several. */
function groupsOf(person: Person, by: GroupBy, store: Store, hass: Hass, labels: Record<string, string>): string[] {
  const device = person.device_id ? hass.devices[person.device_id] : undefined;
  if (by === "system") return [store.pbxs.get(person.entry)?.facts?.title ?? ""];
  if (by === "area") {
    const area = device?.area_id ? hass.areas[device.area_id]?.name : undefined;
    return area ? [area] : [];
  }
  if (by === "label") return (device?.labels ?? []).map((label) => labels[label] ?? label);
  return store
    .list("queues", person.entry)
    .filter((queue) => queue.agents.some((agent) => agent.user === person.id))
    .map((queue) => queue.name);
}

/** Return people in groups, both in the order of their names; who is in no group comes last. */
export function group(
  people: Person[],
  by: GroupBy,
  store: Store,
  hass: Hass,
  others: string,
  labels: Record<string, string> = {},
): Group[] {
  if (by === "none") return people.length ? [{ name: "", people }] : [];
  const groups = new Map<string, Person[]>();
  const rest: Person[] = [];
  for (const person of people) {
    const names = groupsOf(person, by, store, hass, labels);
    if (!names.length) rest.push(person);
    for (const name of names) {
      const known = groups.get(name);
      if (known) known.push(person);
      else groups.set(name, [person]);
    }
  }
  const order = collator(hass.locale.language);
  const found = [...groups].map(([name, people]) => ({ name, people }));
  found.sort((a, b) => order.compare(a.name, b.name));
  if (rest.length) found.push({ name: others, people: rest });
  return found;
}
