import type { Connection, Hass, Message, PbxFacts, SectionName, Sections } from "./types";

type Objects = { [name in SectionName]: Map<string, Sections[name]> };

/** What is not known any more of each object once the PBX is out of reach; settings and counters keep their last value. */
const LOST: { [name in SectionName]?: Partial<Sections[name]> } = {
  people: { status: "unknown", calls: [] },
  phones: { status: "unknown", registered: null },
  queues: { waiting: null, longest_wait: null, calls: [], agents_free: null },
};

/** Return objects without what only a connected PBX can tell. */
function forget(told: Objects): Objects {
  const lose = (name: SectionName): Map<string, unknown> =>
    new Map([...(told[name] as Map<string, object>)].map(([id, item]) => [id, { ...item, ...LOST[name] }]));
  const names = Object.keys(told) as SectionName[];
  return Object.fromEntries(names.map((name) => [name, name === "calls" ? new Map() : lose(name)])) as Objects;
}

/** One PBX as it was told: its facts, and its objects by section and id. */
export class Pbx {
  facts?: PbxFacts;
  complete = false;
  private known?: Objects;
  private readonly told: Objects = {
    people: new Map(),
    phones: new Map(),
    queues: new Map(),
    mailboxes: new Map(),
    switches: new Map(),
    calls: new Map(),
  };

  constructor(readonly id: string) {}

  /** All objects: as they were told last, or what is still known of them while the PBX is out of reach. */
  get sections(): Objects {
    if (this.facts?.connected !== false) return this.told;
    return (this.known ??= forget(this.told));
  }

  apply(message: Message): void {
    this.known = undefined;
    if (message.reset) {
      for (const objects of Object.values(this.told)) objects.clear();
      this.complete = false;
    }
    this.facts = message.pbx ?? this.facts;
    for (const [name, objects] of Object.entries(message.set ?? {})) {
      const known = this.told[name as SectionName] as Map<string, unknown>;
      for (const [id, facts] of Object.entries(objects)) known.set(id, { ...facts, id, entry: this.id });
    }
    for (const [name, ids] of Object.entries(message.gone ?? {})) {
      for (const id of ids) this.told[name as SectionName].delete(id);
    }
    this.complete ||= message.complete ?? false;
  }

  can(capability: string): boolean {
    return this.facts?.can.includes(capability) ?? false;
  }
}

interface Reader {
  sections: readonly SectionName[];
  update: () => void;
}

/** The last subscription is kept for so long, so that changing to another view asks for nothing anew. */
const LINGER = 5_000;
/** While Home Assistant starts it does not know our commands yet. */
const RETRY = 2_000;

/** All that is shown on a page, told once for all cards of it. */
export class Store {
  readonly pbxs = new Map<string, Pbx>();
  /** Whether everything was told. */
  loaded = false;
  /** By how much the clock of Home Assistant is ahead of ours, in milliseconds. */
  ahead = 0;
  error?: string;

  private readonly readers = new Set<Reader>();
  private asked = new Set<SectionName>();
  private stop?: Promise<(() => Promise<void>) | undefined>;
  private round = 0;
  private frame = 0;
  private linger = 0;
  private retry = 0;

  constructor(private readonly connection: Connection) {
    connection.addEventListener("ready", this.handleReady);
  }

  /** Keep these sections up to date and call `update`, at most once a frame; returns what ends that. */
  read(sections: readonly SectionName[], update: () => void): () => void {
    const reader = { sections, update };
    this.readers.add(reader);
    clearTimeout(this.linger);
    if (sections.some((name) => !this.asked.has(name)) || !this.stop) queueMicrotask(() => this.subscribe());
    return () => {
      this.readers.delete(reader);
      if (this.readers.size === 0) this.linger = window.setTimeout(() => this.unsubscribe(), LINGER);
    };
  }

  /** Wait until everything was told, for so many milliseconds at most. */
  async whenLoaded(milliseconds: number, ...sections: SectionName[]): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (): void => {
        stop();
        clearTimeout(timer);
        resolve(this.loaded);
      };
      const stop = this.read(sections, () => (this.loaded || this.error) && done());
      const timer = window.setTimeout(done, milliseconds);
      if (this.loaded && sections.every((name) => this.asked.has(name))) done();
    });
  }

  list<N extends SectionName>(name: N, entry?: string): Sections[N][] {
    const found: Sections[N][] = [];
    for (const pbx of this.pbxs.values()) {
      if (!entry || pbx.id === entry) found.push(...(pbx.sections[name].values() as Iterable<Sections[N]>));
    }
    return found;
  }

  get<N extends SectionName>(name: N, entry: string, id: string | null): Sections[N] | undefined {
    return id === null ? undefined : this.pbxs.get(entry)?.sections[name].get(id);
  }

  /** Return the time at Home Assistant, in milliseconds. */
  now(): number {
    return Date.now() + this.ahead;
  }

  private subscribe(): void {
    const wanted = new Set([...this.readers].flatMap((reader) => reader.sections));
    if (this.stop && [...wanted].every((name) => this.asked.has(name))) return;
    for (const name of this.asked) wanted.add(name);
    this.unsubscribe();
    this.asked = wanted;
    const round = this.round;
    const command = { type: "pbx/subscribe", sections: [...wanted] };
    // After a restart Home Assistant answers before the integration is there, so the library's own way to
    // subscribe again would fail once and for ever.
    this.stop = this.connection
      .subscribeMessage<Message>((message) => round === this.round && this.apply(message), command, {
        resubscribe: false,
      })
      .catch((error: { code?: string }) => {
        if (round === this.round) this.handleRefusal(error?.code ?? "error");
        return undefined;
      });
  }

  private handleRefusal(code: string): void {
    this.stop = undefined;
    this.error = code;
    this.notify();
    if (this.readers.size) this.retry = window.setTimeout(() => this.subscribe(), RETRY);
  }

  private readonly handleReady = (): void => {
    this.stop = undefined;
    if (this.readers.size) this.subscribe();
  };

  private unsubscribe(): void {
    this.round += 1;
    clearTimeout(this.retry);
    void this.stop?.then((stop) => stop?.()).catch(() => undefined);
    this.stop = undefined;
    this.asked = new Set();
    this.loaded = false;
  }

  private apply(message: Message): void {
    this.error = undefined;
    if (message.entries) {
      for (const id of this.pbxs.keys()) if (!message.entries.includes(id)) this.pbxs.delete(id);
      for (const id of message.entries) if (!this.pbxs.has(id)) this.pbxs.set(id, new Pbx(id));
    } else if (message.entry_id) {
      const pbx = this.pbxs.get(message.entry_id) ?? new Pbx(message.entry_id);
      this.pbxs.set(pbx.id, pbx);
      pbx.apply(message);
      if (message.now) this.ahead = Date.parse(message.now) - Date.now();
    }
    this.loaded = [...this.pbxs.values()].every((pbx) => pbx.complete);
    this.notify();
  }

  private notify(): void {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      for (const reader of [...this.readers]) reader.update();
    });
  }
}

const stores = new WeakMap<Connection, Store>();

export function getStore(hass: Hass): Store {
  let store = stores.get(hass.connection);
  if (!store) stores.set(hass.connection, (store = new Store(hass.connection)));
  return store;
}
