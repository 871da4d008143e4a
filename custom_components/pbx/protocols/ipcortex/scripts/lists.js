// Finds the lists of all objects: the vendor's pages show neither their names nor their shapes.
(function (bridge) {
  "use strict";
  const { keyOf, members } = bridge.values;
  const Patience = 2000;
  // Nothing else is called: who knows what it does.
  const Asking = /^(get|list|all)/;
  const Other = { Device: ["lines"] };
  const OfTypes = ["all", "list", "items", "instances", "getAll"];
  const chosen = {};
  const silent = new Set();
  const told = new Map();

  function namesFor(type) {
    const plural = type === "Mailbox" ? "Mailboxes" : `${type}s`;
    const small = (word) => word[0].toLowerCase() + word.slice(1);
    return [
      small(plural), `get${plural}`, plural, `all${plural}`, `list${plural}`, type, small(type), `${small(type)}List`,
      `get${type}List`, ...(Other[type] ?? []),
    ];
  }

  function* candidates(type) {
    for (const name of namesFor(type)) yield { owner: IPCortex.PBX, name, where: `PBX.${name}` };
    const kind = IPCortex.Types?.[type];
    for (const name of kind ? OfTypes : []) yield { owner: kind, name, where: `Types.${type}.${name}` };
    for (const name of namesFor(type)) yield { owner: IPCortex, name, where: `IPCortex.${name}` };
  }

  // A list holds objects that have the key of their type, or nothing.
  function listed(type, value) {
    if (value === null || typeof value !== "object") return undefined;
    const items = members(value);
    return items.every((item) => item !== null && typeof item === "object" && keyOf(type, item) !== null) ? items : undefined;
  }

  function shapeOf(value) {
    if (Array.isArray(value)) return "array";
    return typeof value.values === "function" ? "map" : "object";
  }

  function soon(promise) {
    return Promise.race([promise, new Promise((resolve) => setTimeout(resolve, Patience))]);
  }

  function byCallback({ owner, name, where }) {
    return soon(new Promise((resolve) => {
      owner[name]((list) => { told.set(where, list); resolve(list); });
    }));
  }

  // What wants a callback may complain of having none.
  function plainly(owner, name) {
    try {
      return owner[name]();
    } catch {
      return undefined;
    }
  }

  async function asked(type, candidate) {
    const { owner, name, where } = candidate;
    if (told.has(where)) return { value: told.get(where), how: "callback" };
    const answer = plainly(owner, name);
    if (typeof answer?.then === "function") return { value: await soon(answer), how: "promise" };
    if (listed(type, answer) !== undefined) return { value: answer, how: "function" };
    return { value: await byCallback(candidate), how: "callback" };
  }

  async function taken(type, candidate) {
    const { owner, name, where } = candidate;
    if (silent.has(where)) return undefined;
    try {
      const value = owner[name];
      if (typeof value !== "function") return { items: listed(type, value), how: shapeOf(value) };
      if (!Asking.test(name)) return undefined;
      const answer = await asked(type, candidate);
      const items = listed(type, answer.value);
      if (items === undefined) silent.add(where);
      return { items, how: answer.how };
    } catch {
      return undefined;
    }
  }

  // The first that has something in it, else the first that is there.
  async function search(type) {
    let empty;
    for (const candidate of candidates(type)) {
      const found = await taken(type, candidate);
      if (found?.items === undefined) continue;
      if (found.items.length > 0) return { candidate, ...found };
      empty ??= { candidate, ...found };
    }
    return empty;
  }

  async function find(type) {
    const known = chosen[type] && (await taken(type, chosen[type].candidate));
    if (known?.items?.length > 0) return known.items;
    const found = await search(type);
    chosen[type] = found;
    return found?.items;
  }

  function found() {
    const names = {};
    for (const type in chosen) {
      const list = chosen[type];
      names[type] = list ? `${list.candidate.where} (${list.how})` : null;
    }
    return names;
  }

  bridge.lists = { find, found };
});
