// WebSocket as browsers have it; binary messages are always an ArrayBuffer.
(function (bridge) {
  "use strict";
  const { Exception, Target, constants, define, dispatch, emit, handlers, isBytes, toBase64, toBuffer, toEscaped } = bridge;
  const Address = /^(wss?|https?):\/\/[^#]*$/i;
  const sockets = { __proto__: null };
  let last = 0;

  function utf8Length(text) {
    return unescape(encodeURIComponent(text)).length;
  }
  const { encodeURIComponent, unescape } = globalThis;

  class WebSocket extends Target {
    #id = 0;
    #state = 0;
    #url = "";
    #protocol = "";
    binaryType = "blob";
    onopen = null;
    onmessage = null;
    onclose = null;
    onerror = null;

    constructor(url, protocols = []) {
      super();
      const text = `${url}`;
      if (!Address.test(text)) throw new Exception("This is no address of a socket", "SyntaxError");
      last += 1;
      this.#id = last;
      this.#url = text;
      sockets[last] = (event) => this.#accept(event);
      const names = typeof protocols === "string" ? [protocols] : [...protocols];
      emit("socket", { id: last, url: text, protocols: names.map((name) => `${name}`) });
    }

    get url() { return this.#url; }
    get readyState() { return this.#state; }
    get protocol() { return this.#protocol; }
    get extensions() { return ""; }
    get bufferedAmount() { return 0; }

    send(data) {
      if (this.#state === 0) throw new Exception("The socket is not open yet", "InvalidStateError");
      if (this.#state !== 1) return;
      const bytes = isBytes(data);
      emit("send", { id: this.#id, bytes, data: bytes ? toBase64(data) : toEscaped(data) });
    }

    close(code, reason = "") {
      if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
        throw new Exception("This code is reserved", "InvalidAccessError");
      }
      if (utf8Length(`${reason}`) > 123) throw new Exception("The reason is too long", "SyntaxError");
      if (this.#state >= 2) return;
      this.#state = 2;
      emit("close", { id: this.#id, code: code === undefined ? 1005 : code | 0, reason: `${reason}` });
    }

    #accept(event) {
      if (event.what === "open") {
        if (this.#state !== 0) return;
        this.#state = 1;
        this.#protocol = event.protocol;
        dispatch(this, "open");
      } else if (event.what === "message") {
        if (this.#state !== 1) return;
        dispatch(this, "message", { data: event.bytes ? toBuffer(event.data) : event.data, origin: this.#url });
      } else {
        this.#end(event);
      }
    }

    #end({ failed, code, reason }) {
      delete sockets[this.#id];
      this.#state = 3;
      if (failed) dispatch(this, "error");
      dispatch(this, "close", { code, reason, wasClean: !failed });
    }
  }

  handlers.socket = function (event) {
    const accept = sockets[event.id];
    if (accept !== undefined) accept(event);
  };

  constants(WebSocket, ["CONNECTING", "OPEN", "CLOSING", "CLOSED"]);
  define("WebSocket", WebSocket);
});
