// Gives functions of a script the names that they may have in another release.
(function (names) {
  "use strict";
  const { PBX, Types } = IPCortex;
  for (const name of Object.keys(names)) {
    for (const owner of [PBX, Types.Device.prototype, Types.Call.prototype]) {
      const found = Object.getOwnPropertyDescriptor(owner, name);
      if (found === undefined) continue;
      delete owner[name];
      if (names[name]) Object.defineProperty(owner, names[name], found);
    }
  }
})(@NAMES@);
