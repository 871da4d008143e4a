// The stand-in's own wire to the simulator; no real PABX speaks this.
var SimWire = (function () {
  "use strict";
  var host = location.origin;
  var socket = null;
  var waiting = {};
  var last = 0;
  var pinger = null;
  var wire = { version: "@VERSION@", store: {}, onobject: null, onerror: null, onhistory: null, user: null, history: false };

  wire.setHost = function (url) { host = url.replace(/\/$/, ""); };

  wire.post = function (path, data, done) {
    var request = new XMLHttpRequest();
    request.open("POST", host + path, true);
    request.withCredentials = true;
    request.setRequestHeader("Content-Type", "application/json");
    request.onreadystatechange = function () {
      if (request.readyState !== 4) return;
      var body = null;
      try { body = JSON.parse(request.responseText); } catch (error) { body = null; }
      done(body, request.status);
    };
    request.send(JSON.stringify(data));
  };

  wire.login = function (username, password, done) {
    wire.post("/rest/auth/", { auth: { type: "auth", username: username, password: password } }, function (body) {
      wire.user = body && body.result === "success" ? body.user : null;
      done(wire.user !== null);
    });
  };

  wire.ask = function (what, values, done) {
    if (socket === null || socket.readyState !== 1) { done(91, "no feed"); return; }
    last += 1;
    waiting[last] = done;
    socket.send(JSON.stringify([what, last].concat(values)));
  };

  function take(message) {
    if (message[0] === "o") {
      var kind = message[1];
      var table = (wire.store[kind] = wire.store[kind] || {});
      var known = table[message[2]] !== undefined;
      if (message[3] === null) delete table[message[2]];
      else table[message[2]] = message[3];
      if (wire.onobject) wire.onobject(kind, message[2], message[3], known);
    } else if (message[0] === "r") {
      var done = waiting[message[1]];
      delete waiting[message[1]];
      if (done) done(message[2], message[3]);
    } else if (message[0] === "e" && wire.onerror) {
      wire.onerror(message[1], message[2]);
    } else if (message[0] === "h" && wire.onhistory) {
      wire.onhistory(message[1]);
    }
  }

  // Seconds to try again for: none, some, or null for ever.
  function again(sets, pingtime, retry, until) {
    if (retry !== null && Date.now() >= until) { wire.close(); return; }
    setTimeout(function () {
      wire.open(sets, pingtime, retry, function (errno) { if (errno) again(sets, pingtime, retry, until); });
    }, 100);
  }

  wire.open = function (sets, pingtime, retry, done) {
    var values = [sets, wire.version, pingtime, retry];
    if (socket !== null && socket.readyState === 1) { wire.ask("start", values, done); return; }
    socket = new WebSocket(host.replace(/^http/, "ws") + "/sim/feed");
    var opened = false;
    socket.onopen = function () {
      opened = true;
      wire.ask("start", values, done);
      clearInterval(pinger);
      pinger = setInterval(function () { if (socket.readyState === 1) socket.send('["ping",0]'); }, pingtime * 1000);
    };
    socket.onmessage = function (event) { take(JSON.parse(event.data)); };
    socket.onclose = function () {
      clearInterval(pinger);
      if (!opened) { done(91, "websocket"); return; }
      if (wire.onerror) wire.onerror(92, "websocket");
      again(sets, pingtime, retry, Date.now() + (retry || 0) * 1000);
    };
  };

  wire.close = function () {
    if (socket === null) return;
    socket.onclose = null;
    socket.close();
    socket = null;
    clearInterval(pinger);
    wire.store = {};
  };

  return wire;
})();
