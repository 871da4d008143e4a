/** What the integration tells (custom_components/pbx/dashboard/facts.py), and what is used of Home Assistant. */

export type Status = "idle" | "dialing" | "ringing" | "talking" | "on_hold" | "busy" | "offline" | "unknown";
export type CallState = "dialing" | "ringing" | "talking" | "on_hold" | "ended";
export type Direction = "incoming" | "outgoing" | "internal";
export type Role = "caller" | "callee";

export interface Party {
  number: string | null;
  name: string | null;
  user: string | null;
  /** What the address book adds: the path of a picture, and the groups of the contact. */
  picture?: string;
  groups?: string[];
}

/** A call as one participant sees it: number and name are those of the other party. */
export interface OwnCall extends Party {
  call_id: string;
  state: CallState;
  direction: Direction;
  since: string;
  queue: string | null;
  recorded: boolean;
  /** Whether it is parked here, from where others can fetch it too. */
  parked: boolean;
}

export interface Person {
  id: string;
  entry: string;
  name: string;
  number: string | null;
  status: Status;
  do_not_disturb: boolean | null;
  do_not_disturb_until: string | null;
  forwards: Record<string, string | null>;
  presence: string | null;
  presence_note: string | null;
  calls: OwnCall[];
  phones: { name: string; registered: boolean | null; device_id: string | null }[];
  person: string | null;
  to_do: string | null;
  /** What the login of the PBX may: change settings, act with the phones. */
  editable: boolean;
  controllable: boolean;
  /** Whether the user of Home Assistant may act. */
  control: boolean;
  device_id: string | null;
}

export interface OpenCall {
  id: string;
  entry: string;
  call_id: string;
  direction: string;
  state: CallState;
  started: string;
  answered: string | null;
  caller: Party;
  called: Party;
  queue: string | null;
  participants: (Party & { role: Role; state: CallState })[];
  parking_space: string | null;
}

export type PastParty = Omit<Party, "user">;

/** A call that is over; role and outcome are those of who looks, where they took part. */
export interface PastCall {
  entry_id: string;
  call_id: string;
  direction: Direction;
  role: Role | null;
  outcome: string | null;
  started: string;
  answered: string | null;
  ended: string;
  caller: PastParty;
  called: PastParty;
  queue: string | null;
}

export interface Agent {
  name: string;
  user: string | null;
  logged_in: boolean | null;
  /** Whether nobody can log them out. */
  permanent: boolean;
  paused: boolean | null;
  paused_since?: string;
  pause_reason?: string;
  status: string | null;
  calls_taken: number | null;
}

export interface Queue {
  id: string;
  entry: string;
  name: string;
  number: string | null;
  waiting: number | null;
  longest_wait: string | null;
  agents: Agent[];
  calls: (Party & { position: number | null; since: string | null })[];
  agents_logged_in: number | null;
  agents_free: number | null;
  service_level: number | null;
  answered: number | null;
  aborted: number | null;
  average_hold: number | null;
  average_talk: number | null;
  control: boolean;
  device_id: string | null;
}

export interface Mailbox {
  id: string;
  entry: string;
  name: string;
  number: string | null;
  new: number | null;
  old: number | null;
  urgent: number | null;
  device_id: string | null;
}

export interface RoutingSwitch {
  id: string;
  entry: string;
  name: string;
  value: boolean | string | null;
  options: string[];
  settable: boolean;
  entity_id: string | null;
  control: boolean;
}

export interface Phone {
  id: string;
  entry: string;
  name: string;
  type: string | null;
  status: Status;
  registered: boolean | null;
  device_id: string | null;
}

export interface ParkedCall {
  space: string;
  number: string | null;
  name: string | null;
  since: string | null;
}

export interface PbxFacts {
  title: string;
  connected: boolean;
  can: string[];
  /** What users can set as their presence. */
  presences: string[];
  me: string[];
  masked: boolean;
  control: boolean;
  device_id: string | null;
  last_call: string | null;
  name?: string;
  manufacturer?: string | null;
  version?: string | null;
  connected_since?: string | null;
  parked?: ParkedCall[];
}

export interface Sections {
  people: Person;
  phones: Phone;
  queues: Queue;
  mailboxes: Mailbox;
  switches: RoutingSwitch;
  calls: OpenCall;
}
export type SectionName = keyof Sections;

export interface Message {
  entries?: string[];
  entry_id?: string;
  now?: string;
  reset?: boolean;
  complete?: boolean;
  pbx?: PbxFacts;
  set?: { [name in SectionName]?: Record<string, Omit<Sections[name], "id" | "entry">> };
  gone?: { [name in SectionName]?: string[] };
}

export interface Connection {
  subscribeMessage<T>(callback: (message: T) => void, command: object, options?: object): Promise<() => Promise<void>>;
  addEventListener(name: string, listener: () => void): void;
  removeEventListener(name: string, listener: () => void): void;
  connected: boolean;
}

export interface EntityState {
  entity_id: string;
  state: string;
  attributes: Record<string, any>;
}

export interface Hass {
  connection: Connection;
  connected: boolean;
  language: string;
  locale: { language: string; time_format?: string; time_zone?: string };
  config?: { time_zone: string };
  states: Record<string, EntityState>;
  entities: Record<string, { entity_id: string; device_id?: string; platform?: string; translation_key?: string; labels?: string[] }>;
  devices: Record<string, { id: string; name?: string | null; name_by_user?: string | null; area_id?: string | null; labels?: string[]; parent_device_id?: string | null; via_device_id?: string | null }>;
  areas: Record<string, { area_id: string; name: string }>;
  user?: { id: string; name: string; is_admin: boolean };
  callService(
    domain: string,
    service: string,
    data?: object,
    target?: object,
    notifyOnError?: boolean,
    returnResponse?: boolean,
  ): Promise<{ response?: any }>;
  callWS<T>(command: object): Promise<T>;
  hassUrl(path?: string): string;
}
