// What else the script finds; anything that the engine brings beyond the language goes.
(function (bridge, settingsText) {
  "use strict";
  const { Exception, define, emit, handlers, toBuffer } = bridge;
  const { origin, random } = JSON.parse(settingsText);
  const Excess = ["SharedArrayBuffer", "Atomics", "performance", "DOMException", "queueMicrotask"];
  const MostRandom = 65536;
  for (const name of Excess) delete globalThis[name];
  // It would hand out the functions of this file to a script that looks at a stack.
  Object.defineProperty(Error, "prepareStackTrace", { value: undefined, writable: false, configurable: false });

  const [, scheme, host, name, port = ""] = /^(https?:)\/\/((\[[^\]]*\]|[^:]*)(?::(\d+))?)$/.exec(origin);
  const location = {
    href: `${origin}/`, origin, protocol: scheme, host, hostname: name, port, pathname: "/", search: "", hash: "",
    toString: () => `${origin}/`,
  };
  define("location", Object.freeze(location));
  define("navigator", Object.freeze({ userAgent: "Mozilla/5.0", language: "en", languages: ["en"], onLine: true }));

  let pool = new Uint8Array(toBuffer(random));
  handlers.random = ({ data }) => { pool = new Uint8Array(toBuffer(data)); };
  define("crypto", Object.freeze({
    getRandomValues(target) {
      const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
      if (bytes.length > MostRandom || bytes.length > pool.length) {
        throw new Exception("So much randomness is not at hand", "QuotaExceededError");
      }
      bytes.set(pool.subarray(0, bytes.length));
      pool = pool.subarray(bytes.length);
      emit("random", { left: pool.length });
      return target;
    },
  }));

  function printable(value) {
    if (typeof value === "string") return value;
    try {
      return value instanceof Error ? `${value}` : JSON.stringify(value) ?? `${value}`;
    } catch {
      return "unprintable";
    }
  }
  const console = {};
  for (const level of ["debug", "error", "info", "log", "trace", "warn"]) {
    console[level] = (...values) => emit("log", { level, text: values.map(printable).join(" ").slice(0, 500) });
  }
  define("console", console);
});
