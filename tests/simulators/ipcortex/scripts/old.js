// Old flavour: get() and hook(), callbacks, bare error numbers, lists as objects or text.
var IPCortex = (function (wire) {
  var PBX = { Auth: {}, devices: {}, queues: {}, mailboxes: {}, contacts: {}, extensions: {}, phones: {} };
  var tables = { Device: PBX.devices, Queue: PBX.queues, Mailbox: PBX.mailboxes, Contact: PBX.contacts, Extension: PBX.extensions, Phone: PBX.phones, Address: {} };
  var lines = [];
  var book = null;
  var failure = null;
  var settings = [];

  function Item(kind) { this._kind = kind; this._data = {}; this._hooks = []; }
  Item.prototype.get = function (name) {
    var value = this._data[name];
    if (name === "extensions" && value) return value.join(",");
    if (name !== "calls" || !value) return value;
    var calls = {};
    for (var i = 0; i < value.length; i += 1) {
      calls[value[i].uid] = new Item("Call");
      calls[value[i].uid]._data = value[i];
    }
    return calls;
  };
  Item.prototype.hook = function (callback) { this._hooks.push(callback); };
  function command(what, key) {
    return function () {
      var values = [], callback = null;
      for (var i = 0; i < arguments.length; i += 1) {
        if (typeof arguments[i] === "function") callback = arguments[i];
        else if (arguments[i] instanceof Item) values.push(["call", arguments[i].get("uid")]);
        else if (typeof arguments[i] !== "boolean") values.push(arguments[i]);
      }
      wire.ask("do", [what, this.get(key), values], function (errno, text) { if (callback) callback(errno || 0, text); });
    };
  }
  Item.prototype.dial = command("dial", "name");
  Item.prototype.opt = function (extension, on, callback) { command(on ? "optIn" : "optOutOf", "name").call(this, extension, callback); };
  Item.prototype.hangup = command("hangup", "uid");
  Item.prototype.hold = command("hold", "uid");
  Item.prototype.talk = command("talk", "uid");
  Item.prototype.blindTransfer = command("xfer", "uid");
  Item.prototype.atxfer = command("attendedTransfer", "uid");

  wire.onobject = function (kind, key, data) {
    var table = tables[kind], item = table[key];
    if (data === null) {
      delete table[key];
      if (kind === "Address" && book) book([], [key]);
      return;
    }
    var added = !item;
    if (added) item = table[key] = new Item(kind);
    item._data = data;
    if (added && kind === "Address" && book) book([item], []);
    for (var i = 0; i < item._hooks.length; i += 1) item._hooks[i](0, item._hooks[i], item);
  };
  wire.onerror = function (errno, text) { if (failure) failure(errno, text); };

  PBX.Auth.setHost = wire.setHost;
  PBX.Auth.login = function (username, password, keep, callback) {
    wire.login(username, password, function (ok) {
      if (ok) { PBX.Auth.id = wire.user.id; PBX.Auth.name = wire.user.name; PBX.Auth.company = wire.user.company; }
      callback(ok);
    });
  };
  PBX.httpStopReuse = function () {};
  PBX.startPoll = function (callback, error, options) {
    settings = options ? Object.keys(options).filter(function (name) { return options[name] === true; }) : settings;
    failure = error;
    wire.open(settings, (options && options.pingtime) || 540, 0, function (errno, text) { if (errno) error(errno, text); else callback(); });
  };
  PBX.stopPoll = function () { wire.close(); };
  PBX.getLines = function (callback, owned) {
    var list = [];
    for (var name in PBX.devices) if (!owned || PBX.devices[name].get("ownerID") === PBX.Auth.id) list.push(PBX.devices[name]);
    lines.push(callback);
    callback(list);
  };
  PBX.getAddressbook = function (callback) {
    wire.ask("addresses", [], function (errno, found) {
      var added = [];
      for (var i = 0; !errno && i < found.length; i += 1) { wire.onobject("Address", found[i].key, found[i]); added.push(tables.Address[found[i].key]); }
      book = callback;
      callback(added, []);
    });
  };
  PBX.getDrift = function (callback) {
    wire.post("/sim/time", {}, function (body) {
      var client = Date.now() / 1000;
      callback({ clientTime: client, serverTime: body ? body.time : client, driftTime: body ? client - body.time : 0 });
    });
  };
  PBX.setIdle = function (enable, callback) { wire.ask("idle", [!!enable], callback || function () {}); };
  PBX.restCall = function (path, data, callback) { wire.post(path, data || {}, callback); };
  return { PBX: PBX, Types: {} };
})(SimWire);
