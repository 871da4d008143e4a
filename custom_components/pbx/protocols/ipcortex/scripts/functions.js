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

  // Promise, callbacks, or neither: whichever answers first, and accepted where nothing does.
  function invoke(object, name, values, { value = false } = {}) {
    return new Promise((resolve, reject) => {
      const callback = (first, text) => {
        if (value) resolve(first);
        // Older releases say whether it went well, newer ones give the number of an error.
        else if (first === false) reject(failed(undefined, text));
        else if (typeof first === "number" && first !== 0) reject(failed(first, text));
        else resolve();
      };
      const result = object[name](...values, callback, ...(value ? [] : [callback]));
      if (typeof result?.then === "function") result.then(resolve, reject);
      else if (result !== undefined && value) resolve(result);
      else setTimeout(resolve, AcceptTime);
    });
  }

  function onError(errno, text) {
    const number = typeof errno === "object" ? errno?.errno : errno;
    report({ what: "error", errno: typeof number === "number" ? number : 0, text: `${text ?? ""}` });
  }

  function login(username, password) {
    const { Auth } = PBX();
    if (!chosen(PBX(), ["startFeed"])) {
      return new Promise((resolve, reject) => {
        Auth.login(username, password, true, (ok) => (ok ? resolve() : reject(failed(2))));
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
    return invoke(PBX(), name, values, { value: !Plain.includes(role) }).then((result) => plain(result) ?? null);
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
    ...simple, act, book, found, lines, login, me, opt, set,
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
