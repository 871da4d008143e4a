import { beforeAll, describe, expect, it, vi } from "vitest";
import { DEVICE_FIELD, QUEUES_FIELD } from "../src/cards/base";
import { MyPhoneCard } from "../src/cards/my-phone";
import { SystemCard } from "../src/cards/small";
import { SwitchboardCard } from "../src/cards/switchboard";
import { WallboardCard } from "../src/cards/wallboard";
import { PbxChip } from "../src/parts/chip";
import type { Hass } from "../src/types";
import { FakeConnection } from "./fake-connection";

const ANNA = { name: "Anna", number: null, status: "idle", calls: [], phones: [], forwards: {}, device_id: "anna", control: true, controllable: true };
const FACTS = { connected: true, can: ["dial", "set_forward", "forward_always"], me: ["1"], title: "Office", presences: [] };

beforeAll(() => {
  customElements.define("test-system", SystemCard);
  customElements.define("test-my-phone", MyPhoneCard);
  customElements.define("test-switchboard", SwitchboardCard);
  customElements.define("pbx-chip", PbxChip);
});

/** Show a card that is told of one telephone system, until it says what is to be shown. */
async function show(tag: string, set: object, shown = /Office|Anna/): Promise<HTMLElement> {
  const connection = new FakeConnection();
  const hass = { connection, locale: { language: "en" }, config: {}, devices: {}, areas: {}, states: {}, entities: {}, user: {}, themes: {} };
  const card = document.createElement(tag) as HTMLElement & { setConfig(config: object): void; hass: Hass };
  card.setConfig({ type: tag });
  card.hass = hass as never;
  document.body.append(card);
  await vi.waitFor(() => expect(connection.send).toBeDefined());
  connection.send!({ entry_id: "a", reset: true, complete: true, pbx: FACTS, set } as never);
  await vi.waitFor(() => expect(text(card)).toMatch(shown));
  return card;
}

const text = (card: HTMLElement): string => (card.shadowRoot?.textContent ?? "").replace(/\s+/g, " ");

describe("the forms of the cards", () => {
  const fields = (card: { getConfigForm(): object }): unknown[] => (card.getConfigForm() as { schema: unknown[] }).schema;
  it("offer users and phones for whose telephone it is, and queues for queues", () => {
    for (const card of [MyPhoneCard, SwitchboardCard]) expect(fields(card)).toContain(DEVICE_FIELD);
    expect(fields(WallboardCard)).toContain(QUEUES_FIELD);
    const wanted = (field: object): unknown => (field as { selector: { device: { entity: unknown } } }).selector.device.entity;
    expect(wanted(DEVICE_FIELD)).toEqual({ integration: "pbx", domain: "sensor", device_class: "enum" });
    expect(wanted(QUEUES_FIELD)).toEqual({ integration: "pbx", domain: "sensor", device_class: "timestamp" });
  });
});

describe("the card of the system", () => {
  const phones = (...registered: (boolean | null)[]): object => ({
    phones: Object.fromEntries(registered.map((value, index) => [`${index}`, { name: `P${index}`, registered: value }])),
  });
  it("says of phones what the system tells, and nothing where it tells nothing", async () => {
    expect(text(await show("test-system", phones(true, null)))).toContain("All phones are registered");
    expect(text(await show("test-system", phones(true, false)))).toContain("Unregistered phones: P1");
    expect(text(await show("test-system", phones(null, null)))).not.toMatch(/egistered/);
  });
});

describe("the switchboard", () => {
  it("names who talks where the system tells the number only", async () => {
    const call = { call_id: "1", state: "talking", number: "202", name: null, since: "2026-11-30T10:00:00Z" };
    const people = { "1": { ...ANNA, status: "talking", calls: [call] }, "2": { ...ANNA, name: "Björn", number: "202" } };
    await show("test-switchboard", { people }, /On a call with Björn/);
  });
});

describe("my phone", () => {
  it("leaves out an extension that nobody knows, and says that a name fits nobody", async () => {
    const card = await show("test-my-phone", { people: { "1": ANNA } });
    expect(card.shadowRoot!.querySelector(".head")!.textContent).not.toContain("·");
    const field = card.shadowRoot!.querySelector("input")!;
    field.value = "Björn";
    field.dispatchEvent(new Event("input"));
    await vi.waitFor(() => expect(text(card)).toContain("Nobody found"));
    field.value = "0201234567";
    field.dispatchEvent(new Event("input"));
    await vi.waitFor(() => expect(text(card)).not.toContain("Nobody found"));
  });
});
