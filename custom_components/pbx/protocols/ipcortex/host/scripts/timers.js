// setTimeout and its family; the host keeps the time.
(function (bridge) {
  "use strict";
  const { define, emit, guarded, handlers } = bridge;
  const timers = { __proto__: null };
  const Longest = 2 ** 31;
  let last = 0;

  function start(callback, delay, values, repeat) {
    if (typeof callback !== "function") throw new TypeError("The callback is not a function");
    last += 1;
    const wait = +delay;
    timers[last] = { callback, delay: wait > 0 && wait < Longest ? wait : 0, values, repeat };
    emit("timer", { id: last, delay: timers[last].delay, repeat });
    return last;
  }

  function clear(id) {
    if (timers[id] === undefined) return;
    delete timers[id];
    emit("clear", { id });
  }

  handlers.timer = function ({ id }) {
    const timer = timers[id];
    if (timer === undefined) return;
    if (!timer.repeat) delete timers[id];
    guarded(timer.callback, undefined, timer.values);
    if (timers[id] !== undefined) emit("timer", { id, delay: timer.delay, repeat: true });
  };

  define("setTimeout", (callback, delay, ...values) => start(callback, delay, values, false));
  define("setInterval", (callback, delay, ...values) => start(callback, delay, values, true));
  define("clearTimeout", clear);
  define("clearInterval", clear);
});
