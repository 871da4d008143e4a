// Stands in for the script of a PABX, which no recording holds: its objects become what was told of them.
var IPCortex = (function () {
  "use strict";
  const Keys = { Device: "name", Queue: "name", Mailbox: "name", Phone: "name", Extension: "extension", Contact: "cID", Address: "key" };
  const Lists = { Device: "devices", Queue: "queues", Mailbox: "mailboxes", Phone: "phones", Extension: "extensions", Contact: "contacts" };
  const Types = {};
  const PBX = {};
  const all = {};
  let onError = () => {};
  let onHistory = () => {};
  let onLines = () => {};
  let lines = [];
  let feed = null;
  let primed = false;

  const names = ["hold", "talk", "send", "xfer", "attendedTransfer", "hangup"];

  class Live {
    #listeners = new Map();
    addListener(event, callback) { this.#listeners.set(callback, event); }
    removeListener(event, callback) { this.#listeners.delete(callback); }
    tell(event) { for (const [callback, wanted] of this.#listeners) if (wanted === event) callback(this); }
  }

  class Call extends Live {}
  for (const name of names) Call.prototype[name] = () => Promise.reject(Object.assign(new Error("a recording takes no commands"), { errno: 90 }));
  Types.Call = Call;

  for (const type of Object.keys(Keys)) {
    const listeners = { new: new Set(), update: new Set(), delete: new Set() };
    all[type] = new Map();
    Types[type] = class extends Live {
      static addListener(event, callback) { listeners[event]?.add(callback); }
      static announce(event, object) { for (const callback of listeners[event]) callback(object); }
    };
  }

  function toCall(fields) {
    const { extra, ...told } = fields;
    return Object.assign(new Call(), told, extra);
  }

  function update({ type, key, fields }) {
    const kind = Types[type];
    if (kind === undefined) return;
    const known = all[type].get(key);
    const object = known ?? new kind();
    const { extra, calls, ...told } = fields;
    Object.assign(object, told, extra);
    if (calls !== undefined) object.calls = calls.map(toCall);
    all[type].set(key, object);
    if (known) object.tell("update");
    kind.announce(known ? "update" : "new", object);
  }

  function remove({ type, key }) {
    const object = all[type]?.get(key);
    if (object === undefined) return;
    all[type].delete(key);
    Types[type].announce("delete", object);
  }

  const told = {
    hello: ({ me }) => { Object.assign(PBX.Auth, me); },
    object: update,
    gone: remove,
    lines: (record) => { lines = record.names; onLines(lines.map((name) => all.Device.get(name)).filter(Boolean)); },
    history: (record) => onHistory(record.fields),
    error: (record) => onError(record.errno, record.text),
  };

  function open() {
    return new Promise((resolve, reject) => {
      const socket = feed = new WebSocket(location.origin.replace(/^http/, "ws") + "/replay/feed");
      socket.onmessage = (event) => {
        const record = JSON.parse(event.data);
        if (record.what === "all") resolve();
        else told[record.what]?.(record);
        // Two changes in a row would be reported as one; the next may come once this one is out.
        if (primed) setTimeout(() => socket.send("next"), 0);
      };
      socket.onerror = () => reject(Object.assign(new Error("no feed"), { errno: 91 }));
      socket.onclose = () => onError(92, "the recording is over");
    });
  }

  for (const type of Object.keys(Lists)) Object.defineProperty(PBX, Lists[type], { get: () => [...all[type].values()] });

  PBX.Auth = {
    id: null, name: null, company: null,
    setHost: () => {},
    login: () => Promise.resolve(true),
    exit: () => Promise.resolve(),
  };
  let opened = null;
  PBX.startFeed = (options) => {
    onError = options?.errorCB ?? onError;
    return (opened ??= open());
  };
  PBX.getLines = (callback) => {
    onLines = callback ?? onLines;
    const found = lines.map((name) => all.Device.get(name)).filter(Boolean);
    // Asked for last, once everything there is was read.
    primed = true;
    feed?.send("primed");
    callback?.(found);
    return Promise.resolve(found);
  };
  PBX.enableHistory = (callback) => { onHistory = callback; };
  PBX.stopFeed = () => {};
  PBX.fetchData = (...values) => values.find((value) => typeof value === "function")?.(true);
  return { PBX, Types };
})();
