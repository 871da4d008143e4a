// Follows the live objects of the PABX's own script and reports what becomes of them.
(function (bridge) {
  "use strict";
  const { report } = bridge;
  const { copy, keyOf, members, methodsOf, read } = bridge.values;
  const { lists } = bridge;
  const { stringify } = JSON;
  const Slice = 100;
  const SweepTime = 30000;
  const Listed = ["Device", "Queue", "Mailbox", "Phone", "Extension", "Contact"];
  const objects = {};
  const listed = {};
  const told = new Map();
  const met = new Set();
  const hooked = new WeakSet();
  // What is to be told in this turn, and what was too much for its own.
  const dirty = new Map();
  const later = new Map();
  let flushing = false;
  let waiting = false;
  let walking = false;
  let primed = false;
  let listsTold = "";

  const PBX = () => IPCortex.PBX;

  function listen(object, callback) {
    if (hooked.has(object)) return;
    hooked.add(object);
    if (typeof object.addListener === "function") object.addListener("update", () => callback());
    else if (typeof object.hook === "function") object.hook(() => callback());
  }

  function meet(type, object) {
    if (met.has(type)) return;
    met.add(type);
    report({ what: "met", type, methods: methodsOf(object) });
  }

  function soon() {
    if (flushing) return;
    flushing = true;
    Promise.resolve().then(flush);
  }

  function touch(type, object) {
    const key = keyOf(type, object);
    if (key === null) return;
    (objects[type] ??= new Map()).set(key, object);
    meet(type, object);
    listen(object, () => touch(type, object));
    dirty.set(`${type} ${key}`, [type, key]);
    soon();
  }

  function remove(type, key) {
    if (!objects[type]?.delete(key)) return;
    told.delete(`${type} ${key}`);
    report({ what: "gone", type, key });
  }

  function callsOf(type, object) {
    return members(read(object, "calls")).map((call) => {
      meet("Call", call);
      listen(call, () => touch(type, object));
      return copy("Call", call);
    });
  }

  function tell(type, key, object) {
    const fields = copy(type, object);
    if (type === "Device" || type === "Queue") fields.calls = callsOf(type, object);
    const text = stringify(fields);
    if (told.get(`${type} ${key}`) === text) return;
    told.set(`${type} ${key}`, text);
    report({ what: "object", type, key, fields });
  }

  function tellSome(touched) {
    let left = Slice;
    for (const [name, [type, key]] of touched) {
      if (left === 0) return;
      left -= 1;
      dirty.delete(name);
      later.delete(name);
      const object = objects[type]?.get(key);
      if (object !== undefined) tell(type, key, object);
    }
  }

  // What changes in a turn is told in it, before it changes again; only what is too much at once has to wait.
  function flush() {
    flushing = false;
    tellSome(dirty);
    for (const [name, item] of dirty) later.set(name, item);
    dirty.clear();
    rest();
  }

  function goOn() {
    waiting = false;
    tellSome(later);
    rest();
  }

  function rest() {
    if (later.size > 0) {
      if (!waiting) setTimeout(goOn, 0);
      waiting = true;
    } else if (primed === null) {
      primed = true;
      report({ what: "primed" });
    }
  }

  // A list may be that of the user's own alone: what was never in it is not gone for not being in it.
  async function sweep(type) {
    const found = await lists.find(type);
    if (found === undefined) return;
    for (const object of found) touch(type, object);
    const keys = new Set(found.map((object) => keyOf(type, object)));
    // All at once do not go: the script has forgotten its data, which it does when its feed stops.
    if (keys.size === 0 && listed[type]?.size > 1) return;
    for (const key of listed[type] ?? []) if (!keys.has(key)) remove(type, key);
    listed[type] = keys;
  }

  async function walk() {
    if (walking) return;
    walking = true;
    try {
      await Promise.all(Listed.map(sweep));
      for (const object of members(read(PBX(), "owned"))) touch("Device", object);
    } finally {
      walking = false;
    }
    const names = lists.found();
    if (stringify(names) === listsTold) return;
    listsTold = stringify(names);
    report({ what: "lists", names });
  }

  // What is new is told from here on; what was there before only the lists know.
  function listenToTypes() {
    for (const type of [...Listed, "Address"]) {
      const kind = IPCortex.Types?.[type];
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
    for (const owner of type === "Call" ? ["Device", "Queue"] : []) {
      for (const object of objects[owner]?.values() ?? []) {
        const call = members(read(object, "calls")).find((item) => keyOf("Call", item) === key);
        if (call !== undefined) return call;
      }
    }
    return objects[type]?.get(key);
  }

  // Reports everything there is, and then that this was all.
  async function prime() {
    report({ what: "met", type: "PBX", methods: methodsOf(PBX()) });
    await walk();
    primed = null;
    soon();
    setInterval(walk, SweepTime);
  }

  bridge.objects = { find, listenToTypes, prime, remove, touch };
});
