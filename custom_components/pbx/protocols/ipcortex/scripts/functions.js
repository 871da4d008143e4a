// Turns commands into calls of what the PABX's own script has for them.
(function (bridge) {
  "use strict";
  const { expose, report } = bridge;
  const { copy, keyOf, members, plain, read } = bridge.values;
  const { find, remove, touch } = bridge.objects;
  const AcceptTime = 5000;
  // Names that the vendor's pages no longer show; the first that exists is taken.
  const Candidates = {
    start: ["startFeed", "startPoll"], stop: ["stopFeed", "stopPoll"], pause: ["pauseFeed"], fetch: ["fetchData"],
    tagsOn: ["enableTags"], tagsOff: ["disableTags"], book: ["getAddressbook"], lines: ["getLines"],
    drift: ["checkDrift", "getDrift"], idle: ["idleMode", "setIdle", "idle"],
    rest: ["rest", "restCall", "httpRest", "httpPost"], post: ["httpPost", "httpRest", "restCall", "rest"],
    stun: ["setStunTurn", "setStun", "stunTurn"], history: ["enableHistory"],
  };
  const Methods = {
    dial: ["dial"], hangUp: ["hangup"], hold: ["hold"], talk: ["talk"], send: ["send"],
    transfer: ["transfer", "xfer", "blindTransfer"], attended: ["attendedTransfer", "atxfer"],
    optIn: ["optIn"], optOut: ["optOut", "optOutFrom"], opt: ["opt"],
  };
  // These have no result, and are documented with two callbacks where one of them is for errors.
  const Plain = ["pause", "stop", "fetch", "idle", "tagsOn", "tagsOff", "stun"];

  let listening = false;

  const PBX = () => IPCortex.PBX;

  function chosen(object, names) {
    return names.find((name) => typeof object[name] === "function");
  }

  function failed(errno, text) {
    const error = new Error(text ? `${text}` : "refused");
    error.errno = errno;
    return error;
  }

  // The number of an error, which may come as text; undefined where it is none.
  function numberOf(value) {
    if (typeof value === "string" && /^\s*\d{1,5}\s*$/.test(value)) return Number(value);
    return typeof value === "number" ? value : undefined;
  }

  // Texts by which a callback says that all went well; any other text is that of an error.
  const Fine = /^(ok(ay)?|success(ful)?|done|accepted|queued|true|0)?$/i;

  // The error that an object means, undefined where it means none.
  function failureOf(answer, text) {
    if (answer instanceof Error) return answer;
    const words = [answer.text, answer.message, answer.description, answer.error, text].find((word) => typeof word === "string");
    const number = numberOf(answer.errno);
    if (number !== undefined && number !== 0) return failed(number, words);
    return answer.success === false || answer.result === "fail" ? failed(undefined, words) : undefined;
  }

  // Older releases say whether it went well, newer ones give the number of an error, and some its text at once.
  function refusalOf(answer, text) {
    const first = numberOf(answer) ?? answer;
    switch (typeof first) {
      case "boolean": return first ? undefined : failed(undefined, text);
      case "number": return first === 0 ? undefined : failed(first, text);
      case "string": return Fine.test(first.trim()) ? undefined : failed(undefined, first);
      case "object": return first === null ? undefined : failureOf(first, text);
      default: return undefined;
    }
  }

  function rejectionOf(reason) {
    if (typeof reason === "object" && reason !== null && !(reason instanceof Error)) return failureOf(reason) ?? reason;
    return numberOf(reason) === undefined ? reason : failed(numberOf(reason));
  }

  // A callback and a promise may both say no; only a promise says yes while there is one.
  function invoke(object, name, values, { value = false } = {}) {
    return new Promise((resolve, reject) => {
      let promised;
      let early;
      const accept = (first) => {
        if (promised) setTimeout(resolve, AcceptTime, first);
        else resolve(first);
      };
      const callback = (first, text) => {
        const refusal = value ? undefined : refusalOf(first, text);
        if (refusal !== undefined) reject(refusal);
        else if (promised === undefined) early = { first };
        else accept(first);
      };
      const result = object[name](...values, callback, ...(value ? [] : [callback]));
      promised = typeof result?.then === "function";
      if (early) accept(early.first);
      if (promised) {
        result.then((answer) => {
          const refusal = value || typeof answer === "string" ? undefined : refusalOf(answer);
          if (refusal === undefined) resolve(answer);
          else reject(refusal);
        }, (reason) => reject(rejectionOf(reason)));
      } else if (result !== undefined && value) resolve(result);
      else if (result === false) reject(failed());
      else setTimeout(resolve, AcceptTime);
    });
  }

  function onError(errno, text) {
    const number = numberOf(typeof errno === "object" ? errno?.errno : errno);
    report({ what: "error", errno: number ?? 0, text: `${text ?? ""}` });
  }

  function login(username, password) {
    const { Auth } = PBX();
    if (!chosen(PBX(), ["startFeed"])) {
      return new Promise((resolve, reject) => {
        Auth.login(username, password, true, (ok, text) => (ok ? resolve() : reject(failed(2, text))));
      });
    }
    return Auth.login({ username, password });
  }

  function me() {
    const { Auth } = PBX();
    return { id: plain(Auth.id), name: plain(Auth.name), company: plain(Auth.company) };
  }

  function startFeed(options) {
    if (!listening) bridge.objects.listenToTypes();
    listening = true;
    const name = chosen(PBX(), Candidates.start);
    if (name === "startFeed") return PBX().startFeed({ ...options, errorCB: onError });
    return new Promise((resolve, reject) => {
      const refused = (errno, text) => { onError(errno, text); reject(failed(errno, text)); };
      PBX()[name](resolve, refused, options);
    });
  }

  function follow() {
    if (chosen(PBX(), ["getLines"])) {
      const lines = (list) => report({ what: "lines", names: members(list).map((line) => keyOf("Device", line)) });
      PBX().getLines((list) => lines(list), true);
    }
    if (chosen(PBX(), Candidates.history) === undefined) return;
    PBX().enableHistory((record) => report({ what: "history", fields: copy("History", record) }));
    for (const device of members(read(PBX(), "owned"))) if (chosen(device, ["history"])) device.history(true);
  }

  function act(type, key, action, ...values) {
    const object = find(type, key);
    if (object === undefined) throw failed(404, "no such object");
    const name = chosen(object, Methods[action]);
    if (name === undefined) throw failed(405, "no such method");
    return invoke(object, name, values);
  }

  // The other call is handed over as the object that it is: its number here could be an extension there.
  function join(key, other) {
    const object = find("Call", other);
    if (object === undefined) throw failed(404, "no such object");
    return act("Call", key, "attended", object);
  }

  function opt(device, extension, on) {
    const object = find("Device", device);
    if (object === undefined) throw failed(404, "no such object");
    if (chosen(object, Methods.opt)) return invoke(object, "opt", [extension, on]);
    return act("Device", device, on ? "optIn" : "optOut", extension);
  }

  function set(type, key, name, value) {
    const object = find(type, key);
    if (object === undefined) throw failed(404, "no such object");
    object[name] = value;
  }

  async function book() {
    const name = chosen(PBX(), Candidates.book);
    if (name === undefined) throw failed(405, "no address book");
    return new Promise((resolve, reject) => {
      const changed = (added, removed) => {
        for (const object of added ?? []) touch("Address", object);
        for (const key of removed ?? []) remove("Address", `${key}`);
        resolve(true);
      };
      const result = PBX()[name](changed);
      if (typeof result?.then === "function") result.then((added) => changed(added, []), reject);
    });
  }

  // Answered directly, so no callback is left behind.
  function lines(owned, immediate = true) {
    return new Promise((resolve, reject) => {
      const names = (list) => resolve(members(list).map((line) => keyOf("Device", line)));
      if (!chosen(PBX(), ["startFeed"])) {
        PBX().getLines(names, owned);
        return;
      }
      const result = PBX().getLines(null, owned, immediate);
      if (typeof result?.then === "function") result.then(names, reject);
      else names(result);
    });
  }

  function value(role, ...values) {
    const name = chosen(PBX(), Candidates[role]);
    if (name === undefined) throw failed(405, `no function for ${role}`);
    return invoke(PBX(), name, values, { value: !Plain.includes(role) }).then((result) => (Plain.includes(role) ? null : plain(result) ?? null));
  }

  function found() {
    const names = {};
    for (const role of Object.keys(Candidates)) names[role] = chosen(PBX(), Candidates[role]) ?? null;
    return names;
  }

  const simple = {};
  for (const role of [...Plain, "drift"]) simple[role] = (...values) => value(role, ...values);
  for (const role of ["rest", "post"]) simple[role] = (path, data = {}) => value(role, path, data);

  expose({
    ...simple, act, book, found, join, lines, login, me, opt, set,
    async prime() {
      await bridge.objects.prime();
      follow();
    },
    setHost(url) {
      PBX().Auth.setHost(url);
      if (chosen(PBX(), ["httpStopReuse"])) PBX().httpStopReuse();
    },
    startFeed,
    startAgain: () => (chosen(PBX(), ["startFeed"]) ? PBX().startFeed() : startFeed()),
    exit: () => (chosen(PBX().Auth, ["exit"]) ? PBX().Auth.exit({ logout: true }) : undefined),
    ready: () => typeof IPCortex === "object" && Boolean(IPCortex.PBX?.Auth?.login) && Boolean(chosen(PBX(), Candidates.start)),
  });
});
