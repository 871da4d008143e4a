// Listeners as browsers have them: a handler property and a list for each type.
(function (bridge) {
  "use strict";
  const { guarded } = bridge;

  bridge.Target = class {
    #listeners = { __proto__: null };

    addEventListener(type, listener, options) {
      if (typeof listener !== "function") return;
      const list = (this.#listeners[type] ??= []);
      for (let index = 0; index < list.length; index += 1) if (list[index].listener === listener) return;
      this.#listeners[type] = [...list, { listener, once: Boolean(options && options.once) }];
    }

    removeEventListener(type, listener) {
      const list = this.#listeners[type] ?? [];
      this.#listeners[type] = list.filter((entry) => entry.listener !== listener);
    }

    dispatchEvent(event) {
      bridge.dispatch(this, event.type, event);
      return true;
    }

    static listenersOf(target, type) {
      return target.#listeners[type] ?? [];
    }
  };

  const { listenersOf } = bridge.Target;
  delete bridge.Target.listenersOf;

  bridge.dispatch = function (target, type, fields) {
    const event = { ...fields, type, target, currentTarget: target };
    const handler = target[`on${type}`];
    if (typeof handler === "function") guarded(handler, target, [event]);
    const list = listenersOf(target, type);
    for (let index = 0; index < list.length; index += 1) {
      if (list[index].once) target.removeEventListener(type, list[index].listener);
      guarded(list[index].listener, target, [event]);
    }
  };

  bridge.constants = function (type, names) {
    for (let index = 0; index < names.length; index += 1) {
      const constant = { value: index, enumerable: true };
      Object.defineProperty(type, names[index], constant);
      Object.defineProperty(type.prototype, names[index], constant);
    }
  };
});
