// Reads the live objects of the PABX's own script, whatever shape they have, and makes plain records of them.
(function (bridge) {
  "use strict";
  const Keys = {
    Device: "name", Queue: "name", Mailbox: "name", Phone: "name", Extension: "extension", Contact: "cID",
    Address: "key", Call: "uid",
  };
  // What stands in an attribute for itself by its key, as an object or as the key alone.
  const Refers = {
    extensions: "Extension", optOut: "Extension", owner: "Contact", contacts: "Contact", device: "Device",
    deviceNames: "Device", members: "Device", phone: "Phone", mailbox: "Mailbox", queues: "Queue",
  };
  const MostExtras = 20;
  const MostNames = 100;
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

  const Known = {};
  for (const type in Attributes) Known[type] = new Set([...Attributes[type], "calls", "devices"]);

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
    return ["string", "number"].includes(typeof key) ? `${key}` : null;
  }

  // Of which type an object is: that of its attribute, of its class, or the one whose key only it has.
  function typeOf(value, hint) {
    if (hint !== undefined && keyOf(hint, value) !== null) return hint;
    const types = IPCortex.Types ?? {};
    const known = Object.keys(Keys).find((type) => typeof types[type] === "function" && value instanceof types[type]);
    if (known !== undefined) return known;
    const has = (name) => keyed(read(value, name));
    if (has("cID")) return "Contact";
    if (has("uid")) return "Call";
    if (has("key")) return "Address";
    return has("extension") && (has("number") || !has("name")) ? "Extension" : "Device";
  }

  const keyed = (key) => ["string", "number"].includes(typeof key);

  // Lists may be arrays, objects or text; objects in a list stand for themselves by their key.
  function plain(value, depth = 0, hint = undefined) {
    if (value === null || ["string", "boolean"].includes(typeof value)) return value;
    if (typeof value === "number") return Number.isFinite(value) ? value : null;
    if (typeof value !== "object" || depth > 3) return undefined;
    if (Array.isArray(value)) return value.slice(0, 1000).map((item) => plain(item, depth + 1, hint));
    if (depth > 0 || typeof value.addListener === "function" || typeof value.hook === "function") {
      const key = read(value, Keys[typeOf(value, hint)]);
      if (keyed(key)) return key;
    } else if (hint !== undefined && keyOf(hint, value) !== null) return read(value, Keys[hint]);
    const copy = {};
    for (const name of Object.keys(value).slice(0, 1000)) copy[name] = plain(value[name], depth + 1, hint);
    return copy;
  }

  const said = (name) => name[0] !== "_" && name !== "constructor";

  function* namesOf(object) {
    for (let level = object; level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
      for (const name of Object.getOwnPropertyNames(level)) if (said(name)) yield name;
    }
  }

  // What a class has is the same for all of its objects.
  const ofClass = new WeakMap();
  function inherited(object, known) {
    const parent = Object.getPrototypeOf(object);
    if (parent === null || parent === Object.prototype) return [];
    if (!ofClass.has(parent)) ofClass.set(parent, [...namesOf(parent)].filter((name) => !known.has(name)));
    return ofClass.get(parent);
  }

  function extras(object, known) {
    const found = {};
    let left = MostExtras;
    for (const name of [...Object.getOwnPropertyNames(object).filter(said), ...inherited(object, known)]) {
      if (left === 0) break;
      if (known.has(name) || name in found) continue;
      const value = read(object, name);
      if (!["string", "number", "boolean"].includes(typeof value)) continue;
      found[name] = value;
      left -= 1;
    }
    return found;
  }

  function copy(type, object) {
    const record = {};
    for (const name of Attributes[type]) {
      const value = plain(read(object, name), 0, Refers[name]);
      if (value !== undefined) record[name] = value;
    }
    record.extra = extras(object, Known[type]);
    return record;
  }

  function methodsOf(object) {
    const found = new Set();
    for (const name of namesOf(object)) {
      if (found.size === MostNames) break;
      try {
        if (typeof object[name] === "function") found.add(name);
      } catch {
        continue;
      }
    }
    return [...found].sort();
  }

  function members(list) {
    if (list === null || typeof list !== "object") return [];
    if (Array.isArray(list)) return list;
    return typeof list.values === "function" ? [...list.values()] : Object.values(list);
  }

  bridge.values = { copy, keyOf, members, methodsOf, plain, read };
});
