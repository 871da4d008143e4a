import { beforeAll, describe, expect, it, vi } from "vitest";
import { assignItems, findNumber, ToDoList } from "../src/cards/to-return";
import { findMe, getTransferable, hasCall, listCallActions, listMes, mayCall, mayChangeAgent, mayTransfer } from "../src/actions";
import { isNumber } from "../src/cards/my-phone";
import { initials } from "../src/parts/chip";
import { matches } from "../src/people";
import { Store } from "../src/store";
import { suggestFor } from "../src/suggestions";
import { listViews } from "../src/strategy";
import { formatMoment, formatSpan } from "../src/time";
import { FakeConnection } from "./fake-connection";

describe("words", () => {
  it("reads time spans as telephones do", () => {
    expect([0, 7_000, 754_000, 3_723_000, -5].map(formatSpan)).toEqual(["0:00", "0:07", "12:34", "1:02:03", "0:00"]);
  });
  it("tells the time by the clock and the zone of the user", () => {
    const now = Date.parse("2026-11-30T16:30:00Z");
    const tell = (locale: object, moment = "2026-11-30T15:05:00Z"): string => {
      const hass = { locale: { language: "en-US", time_zone: "server", ...locale }, config: { time_zone: "Asia/Tokyo" } };
      return formatMoment(hass as never, moment, now).replace(/\u202f/g, " ");
    };
    expect(tell({ time_format: "24" })).toBe("00:05");
    expect(tell({ time_format: "12", language: "de" })).toMatch(/^12:05 AM/);
    expect(tell({ time_format: "language" })).toBe("12:05 AM");
    // In Tokyo it is the first of December already.
    expect(tell({ time_format: "24" }, "2026-11-30T14:05:00Z")).toBe("11/30/26, 23:05");
  });
  it("finds people by the beginnings of words, without accents", () => {
    expect(matches("Björn Weiß", "202", "bjo we")).toBe(true);
    expect(matches("Björn Weiß", "202", "20")).toBe(true);
    expect(matches("Björn Weiß", "202", "jorn")).toBe(false);
  });
  it("makes initials of any name", () => {
    expect([initials("Anna de Vries"), initials("élise"), initials("😀 x"), initials("")]).toEqual(["AV", "É", "😀X", ""]);
  });
  it("tells numbers from names", () => {
    expect(["+31 20 123", "*21#", "201"].every(isNumber)).toBe(true);
    expect(["Anna", "", "20x"].some(isNumber)).toBe(false);
  });
  it("finds what is to be done about a missed call", () => {
    const item = { uid: "1", summary: "Call back", status: "needs_action" as const, due: "2026-11-30T10:00:00+01:00" };
    const [near, nearer, far] = ["09:00:01", "09:00:00", "09:00:09"].map((time) => ({ ended: `2026-11-30T${time}+00:00` }));
    expect([...assignItems([item], [near, nearer, far])]).toEqual([[nearer, item]]);
    expect(assignItems([{ ...item, status: "completed" }], [near]).size).toBe(0);
    expect(assignItems([item], [far]).size).toBe(0);
  });
  it("finds no masked number", () => {
    expect(findNumber("Call back Jansen (+31201234567)")).toBe("+31201234567");
    expect(findNumber("Call back 201")).toBe("201");
    expect(findNumber("Call back Jansen (••• 567)")).toBeUndefined();
  });
});

const tick = () => new Promise((resolve) => setTimeout(resolve, 30));

describe("the store", () => {
  beforeAll(() => void vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 0)));

  it("puts together what it is told, and asks once for all cards", async () => {
    const connection = new FakeConnection();
    const store = new Store(connection as never);
    let updates = 0;
    store.read(["people"], () => (updates += 1));
    const stop = store.read(["people", "queues"], () => undefined);
    await tick();
    expect(connection.commands).toHaveLength(1);
    expect(connection.commands[0].sections).toEqual(["people", "queues"]);
    connection.send!({ entries: ["a"] });
    expect(store.loaded).toBe(false);
    const anna = { name: "Anna", calls: [] };
    connection.send!({ entry_id: "a", reset: true, complete: true, set: { people: { "1": anna } } } as never);
    connection.send!({ entry_id: "a", set: { people: { "2": anna } }, gone: {} } as never);
    expect(store.loaded).toBe(true);
    expect(store.list("people").map((person) => person.id)).toEqual(["1", "2"]);
    connection.send!({ entry_id: "a", gone: { people: ["1"] } });
    expect(store.get("people", "a", "1")).toBeUndefined();
    await tick();
    expect(updates).toBe(1);
    connection.send!({ entries: [] });
    expect(store.pbxs.size).toBe(0);
    stop();
  });

  it("asks again after the connection was lost, and while Home Assistant does not know it yet", async () => {
    vi.useFakeTimers();
    const connection = new FakeConnection();
    connection.refusal = { code: "unknown_command" };
    const store = new Store(connection as never);
    store.read(["people"], () => undefined);
    await vi.advanceTimersByTimeAsync(10);
    expect(store.error).toBe("unknown_command");
    connection.refusal = undefined;
    await vi.advanceTimersByTimeAsync(2_100);
    expect(connection.commands).toHaveLength(2);
    connection.send!({ entries: [] });
    expect(store.error).toBeUndefined();
    connection.fire("ready");
    await vi.advanceTimersByTimeAsync(10);
    expect(connection.commands).toHaveLength(3);
    vi.useRealTimers();
  });
});

const everything = ["dial", "transfer", "set_queue_agent", "pause_queue_agent"];
const talking = [{ state: "talking", call_id: "1" }];
const person = (name: string, more: object = {}) => ({
  name, number: "201", calls: [], phones: [], device_id: `device ${name}`, control: true, controllable: true, ...more,
});

function tellTwo(people: object, more: object = {}): Store {
  const connection = new FakeConnection();
  const store = new Store(connection as never);
  store.read(["people"], () => undefined);
  (store as unknown as { subscribe(): void }).subscribe();
  for (const entry_id of ["a", "b"]) {
    const pbx = { connected: true, can: everything, me: ["me"], title: entry_id, ...more };
    connection.send!({ entry_id, reset: true, complete: true, pbx, set: { people } } as never);
  }
  return store;
}

it("claims nothing about who is free while the telephone system is out of reach", () => {
  const connection = new FakeConnection();
  const store = new Store(connection as never);
  store.read(["people"], () => undefined);
  (store as unknown as { subscribe(): void }).subscribe();
  const anna = person("Anna", { status: "talking", calls: talking, do_not_disturb: true });
  const set = { people: { anna }, queues: { q: { waiting: 2, answered: 7, calls: [1] } }, calls: { c: {} } };
  connection.send!({ entry_id: "a", reset: true, complete: true, pbx: { connected: true }, set } as never);
  connection.send!({ entry_id: "a", pbx: { connected: false } } as never);
  expect(store.get("people", "a", "anna")).toMatchObject({ name: "Anna", status: "unknown", calls: [], do_not_disturb: true });
  expect(store.list("queues")[0]).toMatchObject({ waiting: null, answered: 7, calls: [] });
  expect(store.list("calls")).toEqual([]);
  connection.send!({ entry_id: "a", pbx: { connected: true } } as never);
  expect(store.get("people", "a", "anna")).toMatchObject({ status: "talking", calls: talking });
});

describe("what may be done", () => {
  it("is done within one telephone system", () => {
    const store = tellTwo({ me: person("Me", { calls: talking }), anna: person("Anna") });
    const [here, there] = listMes(store);
    const anna = store.get("people", "a", "anna")!;
    expect([mayCall(here, anna), mayTransfer(here, anna)]).toEqual([true, true]);
    expect([mayCall(there, anna), mayTransfer(there, anna)]).toEqual([false, false]);
    expect(mayCall(here, here.person)).toBe(false);
  });
  it("begins with the same telephone in whatever order they are told", () => {
    const store = tellTwo({ me: person("Me") });
    store.pbxs.get("a")!.facts = { ...store.pbxs.get("a")!.facts!, title: "z" };

    expect(listMes(store).map((me) => me.pbx.facts!.title)).toEqual(["b", "z"]);
  });
  it("is what the login of the telephone system may, and the user", () => {
    for (const right of ["control", "controllable"]) {
      const store = tellTwo({ me: person("Me", { [right]: false }), anna: person("Anna") });
      expect(mayCall(findMe(store), store.get("people", "a", "anna")!), right).toBe(false);
    }
  });
  it("transfers the call that was chosen, and no other in its place", () => {
    const calls = [{ call_id: "1", state: "ringing" }, { call_id: "2", state: "on_hold" }, { call_id: "3", state: "dialing" }];
    const [me] = listMes(tellTwo({ me: person("Me", { calls }) }));
    expect([undefined, "1", "2"].map((id) => getTransferable(me, id)?.call_id)).toEqual(["2", "1", "2"]);
    expect(["3", "4"].map((id) => getTransferable(me, id))).toEqual([undefined, undefined]);
    expect(["3", "4", undefined].map((id) => hasCall([me], id))).toEqual([true, false, false]);
  });
  it("fetches what is parked, and does not resume it", () => {
    const [call, parked] = [false, true].map((parked) => ({ call_id: "1", state: "on_hold", parked }));
    const can = ["hold", "transfer", "park", "pick_up", "hang_up"];
    const [me] = listMes(tellTwo({ me: person("Me", { calls: [parked] }) }, { can }));
    const names = (one: object) => listCallActions(me, one as never).map((action) => action.name);
    expect(names(parked)).toEqual(["pick_up", "hang_up"]);
    expect(names(call)).toEqual(["hang_up", "resume", "transfer", "park"]);
  });
  it("finds the user of a phone", () => {
    const store = tellTwo({ anna: person("Anna", { phones: [{ device_id: "desk" }] }) });
    expect(findMe(store, "desk")?.person.name).toBe("Anna");
    expect(findMe(store, "other")).toBeUndefined();
  });
  it("leaves agents alone who can be neither paused nor logged out", () => {
    const queue = { control: true, device_id: "queue" } as never;
    const who = person("Anna") as never;
    const may = (can: string[], permanent: boolean) => {
      const pbx = tellTwo({}, { can }).pbxs.get("a")!;
      const changes = ["login", "logout", "pause", "resume"] as const;
      return changes.filter((change) => mayChangeAgent(pbx, queue, { permanent } as never, who, change));
    };
    expect(may(everything, false)).toEqual(["login", "logout", "pause", "resume"]);
    expect(may(everything, true)).toEqual(["pause", "resume"]);
    expect(may(["set_queue_agent"], false)).toEqual(["login", "logout"]);
  });
});

it("suggests cards for entities of ours alone", () => {
  const entity = (translation_key: string, platform = "pbx") => ({ translation_key, platform, device_id: "d" });
  const entities = { a: entity("line_status"), b: entity("routing_switch"), c: entity("calls_waiting"), d: entity("status", "hue") };
  const hass = { entities, locale: { language: "en" } } as never;
  const suggest = (type: string, id: string) => (suggestFor(type, hass, id) as { config: object } | null)?.config;
  expect(suggest("pbx-my-phone-card", "a")).toEqual({ type: "custom:pbx-my-phone-card", device: "d" });
  expect(suggest("pbx-wallboard-card", "c")).toEqual({ type: "custom:pbx-wallboard-card", queues: ["d"] });
  expect(suggest("pbx-switches-card", "b")).toEqual({ type: "custom:pbx-switches-card" });
  expect([suggest("pbx-my-phone-card", "b"), suggest("pbx-switchboard-card", "d"), suggest("pbx-calls-card", "x")]).toEqual([undefined, undefined, undefined]);
});

it("follows the calls to return for as long as their list is there", async () => {
  const asked: string[] = [];
  const host = { addController: () => undefined, requestUpdate: () => undefined };
  const connection = { subscribeMessage: async (_: unknown, { entity_id }: { entity_id: string }) => (asked.push(entity_id), () => asked.push("stop")) };
  const see = (state?: string) => ({ connection, states: state ? { "todo.a": { state } } : {} }) as never;
  const list = new ToDoList(host as never);
  for (const state of ["0", "1", "unavailable", undefined, "0"]) list.follow(see(state), "todo.a");
  await tick();
  expect(asked.sort()).toEqual(["stop", "todo.a", "todo.a"]);
  expect([list.concerns(see("0"), see("1")), list.concerns(see("unavailable"), see("1"))]).toEqual([false, true]);
  list.follow(see("0"), null);
  expect(list.entityId).toBeUndefined();
});

it("shows who may say whose telephone it is how to do so", () => {
  const paths = (people: object, is_admin: boolean) =>
    listViews(tellTwo(people), { locale: { language: "en" }, user: { is_admin } } as never).map((view) => (view as { path: string }).path);
  const [somebody, nobody] = [{ me: person("Me") }, { anna: person("Anna") }];
  expect(paths(somebody, false).slice(0, 2)).toEqual(["my-phone", "switchboard"]);
  expect(paths(nobody, true).slice(0, 2)).toEqual(["switchboard", "my-phone"]);
  expect(paths(nobody, false)).not.toContain("my-phone");
});
