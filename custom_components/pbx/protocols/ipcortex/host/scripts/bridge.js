// The only way between the script's world and the host: texts out through drain(), texts in through deliver().
(function () {
  "use strict";
  const { parse, stringify } = JSON;
  const { apply } = Reflect;
  const { defineProperty } = Object;
  const { join } = Array.prototype;
  const MostText = 8 * 1024 * 1024;
  const DrainSize = 256 * 1024;
  const promiseResolve = Promise.resolve.bind(Promise);
  const promiseThen = Promise.prototype.then;
  const Exception = DOMException;

  const handlers = { __proto__: null };
  const exposed = { __proto__: null };
  let head = null;
  let tail = null;

  // A linked list, since the script may have replaced what arrays do.
  function emit(kind, fields) {
    const text = stringify({ __proto__: null, ...fields, kind });
    if (text.length > MostText) throw new Exception("Too much at once", "QuotaExceededError");
    const link = { __proto__: null, text, next: null };
    if (tail === null) head = link;
    else tail.next = link;
    tail = link;
  }

  // Joined, since the engine's Python side takes no text that was concatenated.
  function drain() {
    const parts = { __proto__: null, length: 0 };
    let size = 0;
    while (head !== null && size < DrainSize) {
      parts[parts.length] = head.text;
      parts.length += 1;
      size += head.text.length;
      head = head.next;
    }
    if (head === null) tail = null;
    return parts.length === 0 ? "" : apply(join, ["[", apply(join, parts, [","]), "]"], [""]);
  }

  function describe(error) {
    if (typeof error === "number") return { __proto__: null, name: "Error", message: "", errno: error };
    const record = { __proto__: null, name: "Error", message: "" };
    try {
      record.name = `${error.name || "Error"}`;
      record.message = `${error.message || error}`;
      const number = error.errno ?? error.code;
      if (typeof number === "number") record.errno = number;
      else if (typeof number === "string" && number !== "" && `${+number}` === number) record.errno = +number;
    } catch {
      record.message = "unprintable error";
    }
    return record;
  }

  // Where no memory is left even for an error, the engine throws null.
  function describeThrown(error) {
    const lacking = { __proto__: null, name: "InternalError", message: "out of memory" };
    return error === null ? lacking : describe(error);
  }

  function fault(error) {
    emit("fault", { error: describeThrown(error) });
  }

  function guarded(callback, self, values) {
    try {
      return apply(callback, self, values);
    } catch (error) {
      fault(error);
      return undefined;
    }
  }

  function deliver(text) {
    const event = parse(text);
    const handler = handlers[event.kind];
    if (handler !== undefined) guarded(handler, undefined, [event]);
  }

  handlers.call = function ({ id, name, values }) {
    const succeed = (value) => emit("result", { id, ok: true, value: value === undefined ? null : value });
    const fail = (error) => emit("result", { id, ok: false, error: describe(error) });
    try {
      if (exposed[name] === undefined) throw new Exception(`No function ${name}`, "NotFoundError");
      apply(promiseThen, promiseResolve(apply(exposed[name], undefined, values)), [succeed, fail]);
    } catch (error) {
      emit("result", { id, ok: false, error: describeThrown(error) });
    }
  };

  function define(name, value) {
    defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }

  function expose(functions) {
    for (const name in functions) exposed[name] = functions[name];
  }

  function report(record) {
    emit("report", { record });
  }

  return { Exception, apply, define, deliver, describe, drain, emit, expose, fault, guarded, handlers, report };
});
