// Moves the lists of a script to where another release may have them.
(function (shape) {
  "use strict";
  const { PBX, Types } = IPCortex;
  const plurals = { Device: "Devices", Queue: "Queues", Mailbox: "Mailboxes", Phone: "Phones", Extension: "Extensions", Contact: "Contacts" };
  const small = (word) => word[0].toLowerCase() + word.slice(1);
  const keys = { Device: "name", Queue: "name", Mailbox: "name", Phone: "name", Extension: "extension", Contact: "cID" };

  for (const type of Object.keys(plurals)) {
    const plural = plurals[type];
    const given = Object.getOwnPropertyDescriptor(PBX, small(plural));
    const now = () => given.get.call(PBX);
    delete PBX[small(plural)];
    const getter = (owner, name, value) => Object.defineProperty(owner, name, { get: value, configurable: true });
    const shapes = {
      functions: () => { PBX[`get${plural}`] = () => now(); },
      promises: () => { PBX[`get${plural}`] = () => Promise.resolve(now()); },
      callbacks: () => { PBX[`list${plural}`] = (callback) => callback(now()); },
      partial: () => { if (type === "Device") getter(PBX, "lines", () => PBX.getLines(null, true, true)); },
      silent: () => { PBX[`get${plural}`] = () => undefined; PBX[`all${plural}`] = () => { throw new Error("not here"); }; },
      maps: () => { getter(PBX, plural, () => new Map(now().map((item) => [item[keys[type]], item]))); },
      capitals: () => { getter(PBX, type, () => Object.fromEntries(now().map((item) => [item[keys[type]], item]))); },
      types: () => { getter(Types[type], "all", now); },
      top: () => { getter(IPCortex, small(plural), now); },
      none: () => { PBX[small(type)] = () => { throw new Error("this would have done something"); }; },
    };
    shapes[shape]();
  }
})("@SHAPE@");
