// Turns the live objects of the PABX's own script into plain records.
(function (bridge) {
  "use strict";
  const { report } = bridge;
  const { stringify } = JSON;
  const Slice = 100;
  const SweepTime = 30000;
  const Keys = { Device: "name", Queue: "name", Mailbox: "name", Phone: "name", Extension: "extension", Contact: "cID", Address: "key", Call: "uid" };
  const Lists = {
    Device: ["devices", "lines"], Queue: ["queues"], Mailbox: ["mailboxes"], Phone: ["phones"],
    Extension: ["extensions"], Contact: ["contacts"],
  };
  const words = (text) => text.split(" ");
  const Attributes = {
    Device: words("name label extension extensions queues optOut mailbox phone owner ownerID mac features state blf webrtc webrtcState autoanswer autohold"),
    Call: words("label name number qname qnumber id uid cid stamp start inq outq qcall device party features state nrState extension extname dtmfString"),
    Queue: words("name label extension depth members"),
    Mailbox: words("name label read unread"),
    Phone: words("name owner ownerID lines deviceNames extensions mac features"),
    Extension: words("extension number name owner canOpt company contacts ddis type blf"),
    Contact: words("cID name uname company companyName email canCall canChat canTag chatID tags states show blf"),
    Address: words("key name number group email isMe canCall canChat tags"),
    History: words("callID party stamp remoteName remoteNumber"),
  };
  const objects = {};
  const told = new Map();
  const hooked = new WeakSet();
  const dirty = new Map();
  let flushing = false;
  let primed = false;

  const PBX = () => IPCortex.PBX;

  function read(object, name) {
    try {
      const value = object[name];
      if (value !== undefined && typeof value !== "function") return value;
      return typeof object.get === "function" ? object.get(name) : undefined;
    } catch {
      return undefined;
    }
  }

  function keyOf(type, object) {
    const key = read(object, Keys[type]);
    return key === undefined || key === null ? null : `${key}`;
  }

  // Lists may be arrays, objects or text; objects in a list stand for themselves by their key.
  function plain(value, depth = 0) {
    if (value === null || ["string", "boolean"].includes(typeof value)) return value;
    if (typeof value === "number") return Number.isFinite(value) ? value : null;
    if (typeof value !== "object" || depth > 3) return undefined;
    if (Array.isArray(value)) return value.slice(0, 1000).map((item) => plain(item, depth + 1));
    if (depth > 0 || typeof value.addListener === "function" || typeof value.hook === "function") {
      for (const name of ["name", "cID", "uid", "key", "extension"]) {
        const key = read(value, name);
        if (["string", "number"].includes(typeof key)) return key;
      }
    }
    const copy = {};
    for (const name of Object.keys(value).slice(0, 1000)) copy[name] = plain(value[name], depth + 1);
    return copy;
  }

  function extras(object, known) {
    const found = {};
    let left = 20;
    for (let level = object; level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
      for (const name of Object.getOwnPropertyNames(level)) {
        if (left === 0 || name[0] === "_" || known.includes(name) || name === "calls" || name === "devices") continue;
        const value = read(object, name);
        if (!["string", "number", "boolean"].includes(typeof value) || name in found) continue;
        found[name] = value;
        left -= 1;
      }
    }
    return found;
  }

  function copy(type, object) {
    const record = {};
    for (const name of Attributes[type]) {
      const value = plain(read(object, name));
      if (value !== undefined) record[name] = value;
    }
    record.extra = extras(object, Attributes[type]);
    return record;
  }

  function members(list) {
    if (list === null || typeof list !== "object") return [];
    if (Array.isArray(list)) return list;
    return typeof list.values === "function" ? [...list.values()] : Object.values(list);
  }

  function listen(object, callback) {
    if (hooked.has(object)) return;
    hooked.add(object);
    if (typeof object.addListener === "function") object.addListener("update", () => callback());
    else if (typeof object.hook === "function") object.hook(() => callback());
  }

  function touch(type, object) {
    const key = keyOf(type, object);
    if (key === null) return;
    (objects[type] ??= new Map()).set(key, object);
    listen(object, () => touch(type, object));
    dirty.set(`${type} ${key}`, [type, key]);
    if (!flushing) {
      flushing = true;
      Promise.resolve().then(flush);
    }
  }

  function remove(type, key) {
    if (!objects[type]?.delete(key)) return;
    told.delete(`${type} ${key}`);
    report({ what: "gone", type, key });
  }

  function tell(type, key, object) {
    const fields = copy(type, object);
    if (type === "Device" || type === "Queue") {
      fields.calls = members(read(object, "calls")).map((call) => {
        listen(call, () => touch(type, object));
        return copy("Call", call);
      });
    }
    const text = stringify(fields);
    if (told.get(`${type} ${key}`) === text) return;
    told.set(`${type} ${key}`, text);
    report({ what: "object", type, key, fields });
  }

  function flush() {
    let left = Slice;
    for (const [name, [type, key]] of dirty) {
      if (left === 0) {
        setTimeout(flush, 0);
        return;
      }
      left -= 1;
      dirty.delete(name);
      const object = objects[type]?.get(key);
      if (object !== undefined) tell(type, key, object);
    }
    flushing = false;
    if (primed === null) {
      primed = true;
      report({ what: "primed" });
    }
  }

  function walk() {
    for (const type of Object.keys(Lists)) {
      const name = Lists[type].find((candidate) => read(PBX(), candidate) !== undefined);
      const found = name === undefined ? [] : members(read(PBX(), name));
      for (const object of found) touch(type, object);
      if (name === undefined) continue;
      const keys = new Set(found.map((object) => keyOf(type, object)));
      for (const key of [...(objects[type]?.keys() ?? [])]) if (!keys.has(key)) remove(type, key);
    }
    for (const object of members(read(PBX(), "owned"))) touch("Device", object);
  }

  function listenToTypes() {
    for (const type of [...Object.keys(Lists), "Address"]) {
      const kind = read(IPCortex, "Types")?.[type] ?? IPCortex.Types?.[type];
      if (typeof kind?.addListener !== "function") continue;
      for (const event of ["new", "update"]) {
        kind.addListener(event, function (object) { touch(type, object ?? this); });
      }
      for (const event of ["delete", "deleted"]) {
        kind.addListener(event, function (object) { remove(type, keyOf(type, object ?? this)); });
      }
    }
  }

  function find(type, key) {
    for (const owner of ["Device", "Queue"]) {
      if (type !== "Call") break;
      for (const object of objects[owner]?.values() ?? []) {
        const call = members(read(object, "calls")).find((item) => keyOf("Call", item) === key);
        if (call !== undefined) return call;
      }
    }
    return objects[type]?.get(key);
  }

  // Reports everything there is, and then that this was all.
  function prime() {
    listenToTypes();
    primed = null;
    walk();
    dirty.set("", ["", ""]);
    if (!flushing) {
      flushing = true;
      Promise.resolve().then(flush);
    }
    setInterval(walk, SweepTime);
  }

  bridge.objects = { copy, find, keyOf, members, plain, prime, read, remove, touch };
});
