// Lets the methods of objects answer as those of another release do.
(function (style) {
  "use strict";
  const { Device, Call } = IPCortex.Types;
  const later = (work) => setTimeout(work, 20);
  const styles = {
    boolean: (asked, callback) => { asked.then(() => callback(true), (error) => callback(false, error.message)); },
    errno: (asked, callback) => { asked.then(() => callback(0), (error) => callback(error.errno, error.message)); },
    text: (asked, callback) => new Promise((resolve, reject) => {
      asked.then(() => { callback(); later(resolve); }, (error) => { callback(error.message); later(() => reject(error.errno)); });
    }),
    early: (asked, callback) => { callback(0, "queued"); return asked; },
    bare: (asked) => asked.catch((error) => { throw error.message; }),
    object: (asked) => asked.catch((error) => { throw { errno: error.errno, text: error.message }; }),
    failed: (asked) => asked.then(() => ({ success: true }), (error) => ({ success: false, message: error.message })),
  };
  for (const prototype of [Device.prototype, Call.prototype]) {
    for (const name of ["dial", "optIn", "optOutFrom", "hangup", "hold", "talk", "xfer", "attendedTransfer", "send"]) {
      const plain = prototype[name];
      if (plain === undefined) continue;
      prototype[name] = function (...values) {
        const callback = values.find((value) => typeof value === "function") ?? (() => {});
        return styles[style](plain.apply(this, values.filter((value) => typeof value !== "function")), callback);
      };
    }
  }
})("@STYLE@");
