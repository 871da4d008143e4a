import { beforeAll, describe, expect, it, vi } from "vitest";
import { findNumber } from "../src/cards/to-return";
import { isNumber } from "../src/cards/my-phone";
import { initials } from "../src/parts/chip";
import { matches } from "../src/people";
import { Store } from "../src/store";
import { formatSpan } from "../src/time";
import type { Message } from "../src/types";

describe("words", () => {
  it("reads time spans as telephones do", () => {
    expect([0, 7_000, 754_000, 3_723_000, -5].map(formatSpan)).toEqual(["0:00", "0:07", "12:34", "1:02:03", "0:00"]);
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
  it("finds no masked number", () => {
    expect(findNumber("Call back Jansen (+31201234567)")).toBe("+31201234567");
    expect(findNumber("Call back 201")).toBe("201");
    expect(findNumber("Call back Jansen (••• 567)")).toBeUndefined();
  });
});

class FakeConnection {
  connected = true;
  commands: { sections: string[] }[] = [];
  stopped = 0;
  refusal?: { code: string };
  send?: (message: Message) => void;
  private listeners: Record<string, () => void> = {};
  async subscribeMessage(callback: (message: Message) => void, command: { sections: string[] }) {
    this.commands.push(command);
    if (this.refusal) throw this.refusal;
    this.send = callback;
    return async () => void (this.stopped += 1);
  }
  addEventListener(name: string, listener: () => void) {
    this.listeners[name] = listener;
  }
  removeEventListener() {}
  fire(name: string) {
    this.listeners[name]();
  }
}

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
