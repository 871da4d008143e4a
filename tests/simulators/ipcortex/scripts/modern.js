// Modern flavour: classes with getters on their prototypes, class-wide listeners, promises.
var IPCortex = (function (wire) {
  "use strict";
  const Keys = { Device: "name", Queue: "name", Mailbox: "name", Contact: "cID", Extension: "extension", Phone: "name", Address: "key" };
  const Attributes = {
    Device: "name label extension extensions queues optOut mailbox phone ownerID mac features state blf webrtc webrtcState",
    Queue: "name extension depth members",
    Mailbox: "name label read unread",
    Contact: "cID name uname company companyName email canCall canChat canTag chatID states show blf",
    Extension: "extension number name owner canOpt company contacts ddis type blf",
    Phone: "name ownerID lines deviceNames extensions mac features",
    Address: "key name number group email isMe canCall canChat",
    Call: "label name number qname qnumber id uid cid stamp start inq outq qcall device party features state nrState extension dtmfString",
  };
  const Types = {};
  const all = {};
  let lineCallbacks = [];
  let bookCallback = null;
  let historyCallback = null;
  let tagsOn = false;
  let settings = null;
  let feedError = null;

  const both = (promise, success, failure) => {
    if (success) promise.then(success, (error) => failure && failure(error.errno, error.message));
    return promise;
  };
  const fail = (errno, text) => Object.assign(new Error(text || `error ${errno}`), { errno });
  const asked = (what, ...values) => new Promise((resolve, reject) => {
    wire.ask(what, values, (errno, value) => (errno ? reject(fail(errno, value)) : resolve(value)));
  });

  for (const name of Object.keys(Attributes)) {
    const listeners = { new: new Set(), update: new Set(), delete: new Set() };
    Types[name] = class {
      #data = {};
      #listeners = { update: new Set(), delete: new Set() };
      static addListener(type, callback) { (listeners[type] ??= new Set()).add(callback); }
      static removeListener(type, callback) { listeners[type]?.delete(callback); }
      addListener(type, callback) { (this.#listeners[type] ??= new Set()).add(callback); }
      removeListener(type, callback) { this.#listeners[type]?.delete(callback); }
      _set(data) { this.#data = data; }
      _get(attribute) { return this.#data[attribute]; }
      _tell(type) {
        for (const callback of this.#listeners[type] ?? []) callback(this);
        for (const callback of listeners[type] ?? []) callback(this);
      }
    };
    for (const attribute of Attributes[name].split(" ")) {
      Object.defineProperty(Types[name].prototype, attribute, { get() { return this._get(attribute); }, configurable: true });
    }
    all[name] = new Map();
  }
  const { Device, Call, Queue, Contact, Extension } = Types;
  const act = (what, prototype, name, key) => {
    prototype[name] = function (...values) {
      const callback = values.find((value) => typeof value === "function");
      const plain = values.filter((value) => typeof value !== "function").map((value) => (value instanceof Call ? ["call", value.uid] : value?.number ?? value));
      return both(asked("do", what, this[key], plain), callback);
    };
  };
  act("dial", Device.prototype, "dial", "name");
  act("optIn", Device.prototype, "optIn", "name");
  act("optOutOf", Device.prototype, "optOutFrom", "name");
  for (const name of ["hangup", "hold", "talk", "xfer", "attendedTransfer", "send"]) act(name, Call.prototype, name, "uid");
  Device.prototype.history = function (on) { return asked("history", Boolean(on)); };
  Device.prototype.enableRTC = () => Promise.reject(fail(1, "no media here"));
  for (const name of ["autoanswer", "autohold"]) {
    Object.defineProperty(Device.prototype, name, {
      get() { return this._get(name); },
      set(value) { asked("do", name, this.name, [Boolean(value)]); },
    });
  }
  Extension.prototype.dial = Contact.prototype.dial = function (device) { return device.dial(this.number); };
  Contact.prototype.photo = (size) => `/photo/${size}`;
  for (const type of [Contact, Types.Address]) {
    Object.defineProperty(type.prototype, "tags", {
      get() { return tagsOn ? this._get("tags") : []; },
      set(tags) { asked("tag", this.cID ?? this.key, tags); },
    });
  }

  for (const owner of [Device, Queue]) {
    const known = new WeakMap();
    Object.defineProperty(owner.prototype, "calls", { get() {
      const old = known.get(this) ?? new Map();
      const now = new Map();
      for (const data of this._get("calls") ?? []) {
        const call = old.get(data.uid) ?? new Call();
        call._set(data);
        now.set(data.uid, call);
      }
      known.set(this, now);
      return [...now.values()];
    } });
  }

  function apply(kind, key, data) {
    const table = all[kind];
    const known = table.get(key);
    if (data === null) {
      if (!known) return;
      table.delete(key);
      known._tell("delete");
      if (kind === "Address" && bookCallback) bookCallback([], [key]);
      return;
    }
    const object = known ?? new Types[kind]();
    object._set(data);
    table.set(key, object);
    object._tell(known ? "update" : "new");
    if (kind === "Device" && known) for (const call of object.calls) call._tell("update");
    if (kind === "Device" && !known) for (const callback of lineCallbacks) callback(PBX.getLines(null, true, true));
    if (kind === "Address" && !known && bookCallback) bookCallback([object], []);
  }
  wire.onobject = apply;
  wire.onhistory = (record) => historyCallback && historyCallback(record);
  wire.onerror = (errno, text) => feedError && feedError(errno, text);

  const PBX = {
    Auth: {
      setHost: wire.setHost,
      getSubID: () => "sub-1",
      login(options = {}) {
        return new Promise((resolve, reject) => wire.login(options.username, options.password, (ok) => {
          if (!ok) { reject(fail(2, "refused")); return; }
          PBX.Auth.id = wire.user.id;
          PBX.Auth.uname = wire.user.login;
          PBX.Auth.name = wire.user.name;
          PBX.Auth.company = wire.user.company;
          resolve();
        }));
      },
      exit: () => new Promise((resolve) => wire.post("/rest/auth/logout/", { auth: { type: "auth" } }, () => { wire.close(); resolve(); })),
    },
    httpStopReuse() { wire.noReuse = true; },
    startFeed(...values) {
      const [callback, error] = values.filter((value) => typeof value === "function");
      const options = values.find((value) => value && typeof value === "object") ?? settings ?? {};
      settings = options;
      feedError = options.errorCB ?? error ?? null;
      const sets = ["device", "deviceMin", "mailbox", "queue", "presence"].filter((name) => options[name]);
      return both(new Promise((resolve, reject) => {
        wire.open(sets, options.pingtime ?? 540, options.maxWSRetryTime === undefined ? null : options.maxWSRetryTime, (errno, text) => (errno ? reject(fail(errno, text)) : resolve()));
      }), callback, error);
    },
    pauseFeed: () => asked("pause"),
    stopFeed: async () => { wire.close(); for (const table of Object.values(all)) table.clear(); },
    idleMode: (enable) => asked("idle", Boolean(enable)),
    fetchData: (callback, error) => both(new Promise((resolve, reject) => {
      wire.post("/sim/fetch", {}, (body) => {
        if (!body) { reject(fail(99, "refused")); return; }
        for (const [kind, key, data] of body) apply(kind, key, data);
        resolve();
      });
    }), callback, error),
    enableTags: async () => { await asked("tags", true); tagsOn = true; },
    disableTags: async () => { await asked("tags", false); tagsOn = false; },
    enableHistory(callback) { historyCallback = callback; },
    async getAddressbook(callback) {
      const found = await asked("addresses");
      for (const data of found) apply("Address", data.key, data);
      bookCallback = callback ?? null;
      if (callback) callback([...all.Address.values()], []);
      return [...all.Address.values()];
    },
    getLines(callback, owned, immediate) {
      const lines = [...all.Device.values()].filter((device) => !owned || device._get("ownerID") === PBX.Auth.id);
      if (immediate) return lines;
      if (callback) { lineCallbacks.push(callback); callback(lines); return undefined; }
      return Promise.resolve(lines);
    },
    checkDrift: (callback) => both(new Promise((resolve, reject) => {
      wire.post("/sim/time", {}, (body) => {
        if (!body) { reject(fail(1, "no time")); return; }
        const client = Date.now() / 1000;
        resolve({ clientTime: client, serverTime: body.time, driftTime: client - body.time });
      });
    }), callback),
    rest: (path, data, callback) => both(new Promise((resolve) => wire.post(path, data ?? {}, resolve)), callback),
    httpPost: (path, data, callback) => both(new Promise((resolve) => wire.post(path, data, resolve)), callback),
    setStunTurn: async (stun, turn) => { await asked("stun", stun, turn); },
    get owned() { return PBX.getLines(null, true, true); },
    get contacts() { return [...all.Contact.values()]; },
    get devices() { return [...all.Device.values()]; },
    get queues() { return [...all.Queue.values()]; },
    get mailboxes() { return [...all.Mailbox.values()]; },
    get extensions() { return [...all.Extension.values()]; },
    get phones() { return [...all.Phone.values()]; },
  };
  PBX.stopPoll = PBX.stopFeed;
  return { PBX, Types };
})(SimWire);
