// Gives objects where other releases give their keys.
(function () {
  "use strict";
  const { PBX, Types } = IPCortex;
  function swap(type, name, change) {
    const given = Object.getOwnPropertyDescriptor(Types[type].prototype, name);
    Object.defineProperty(Types[type].prototype, name, { ...given, get() { return change(given.get.call(this)); } });
  }
  const extension = (number) => PBX.extensions.find((item) => item.number === number) ?? number;
  const contact = (id) => PBX.contacts.find((item) => item.cID === id);
  swap("Device", "extensions", (numbers) => numbers.map(extension));
  swap("Device", "optOut", (numbers) => numbers.map(extension));
  swap("Queue", "members", (names) => names.map((name) => PBX.devices.find((item) => item.name === name)));
  swap("Phone", "deviceNames", (names) => names.map((name) => PBX.devices.find((item) => item.name === name)));
  swap("Extension", "owner", contact);
  // Before 6.4.27 there is no `ownerID`.
  for (const type of ["Device", "Phone"]) {
    Object.defineProperty(Types[type].prototype, "owner", { get() { return contact(this._get("ownerID")); } });
    swap(type, "ownerID", () => undefined);
  }
})();
