// XMLHttpRequest, asynchronous only.
(function (bridge) {
  "use strict";
  const { Exception, Target, constants, define, dispatch, emit, handlers, isBytes, toBase64, toBuffer, toEscaped } = bridge;
  const Methods = { __proto__: null, GET: 1, HEAD: 1, POST: 1, PUT: 1, DELETE: 1, OPTIONS: 1, PATCH: 1 };
  const Token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
  const Value = /^[^\r\n\0]*$/;
  const TextTypes = { __proto__: null, "": 1, text: 1 };
  const requests = { __proto__: null };
  const { parse } = JSON;
  const Longest = 2 ** 31;
  let last = 0;

  class XMLHttpRequest extends Target {
    #id = 0;
    #state = 0;
    #sent = false;
    #request = null;
    #reply = null;
    #type = "";
    #mime = null;
    timeout = 0;
    withCredentials = false;
    onreadystatechange = null;
    onloadstart = null;
    onprogress = null;
    onload = null;
    onerror = null;
    ontimeout = null;
    onabort = null;
    onloadend = null;

    get readyState() { return this.#state; }
    get status() { return this.#reply ? this.#reply.status : 0; }
    get statusText() { return this.#reply ? this.#reply.reason : ""; }
    get responseURL() { return this.#reply ? this.#reply.url : ""; }
    get responseType() { return this.#type; }

    set responseType(type) {
      if (this.#state >= 3) throw new Exception("The answer is here already", "InvalidStateError");
      if (type in TextTypes || type === "json" || type === "arraybuffer") this.#type = type;
    }

    get responseText() {
      if (!(this.#type in TextTypes)) throw new Exception("The answer is no text", "InvalidStateError");
      return this.#reply && this.#state >= 3 ? this.#reply.body : "";
    }

    get response() {
      if (this.#type in TextTypes) return this.responseText;
      if (this.#state !== 4 || !this.#reply) return null;
      if (this.#type === "arraybuffer") return toBuffer(this.#reply.body);
      try {
        return parse(this.#reply.body);
      } catch {
        return null;
      }
    }

    open(method, url, asynchronous = true) {
      const name = `${method}`.toUpperCase();
      if (!(name in Methods)) throw new Exception("This method is not allowed", "SecurityError");
      if (!asynchronous) throw new Exception("Only asynchronous requests are possible", "InvalidAccessError");
      this.#drop();
      this.#request = { method: name, url: `${url}`, headers: [] };
      this.#reply = null;
      this.#sent = false;
      this.#enter(1);
    }

    setRequestHeader(name, value) {
      this.#expectOpened();
      const text = `${value}`.trim();
      if (!Token.test(name) || !Value.test(text)) throw new Exception("No such header", "SyntaxError");
      this.#request.headers = [...this.#request.headers, [`${name}`, text]];
    }

    overrideMimeType(mime) {
      if (this.#state >= 3) throw new Exception("The answer is here already", "InvalidStateError");
      this.#mime = `${mime}`;
    }

    send(body = null) {
      this.#expectOpened();
      last += 1;
      this.#id = last;
      this.#sent = true;
      const bytes = body !== null && isBytes(body);
      const text = body === null || this.#request.method in { GET: 1, HEAD: 1 } ? null : body;
      emit("xhr", {
        ...this.#request,
        id: last,
        timeout: this.timeout > 0 && this.timeout < Longest ? +this.timeout : 0,
        mime: this.#mime,
        binary: this.#type === "arraybuffer",
        body: text === null ? null : bytes ? toBase64(text) : toEscaped(text),
        bytes,
      });
      requests[last] = (event) => this.#accept(event);
      dispatch(this, "loadstart");
    }

    abort() {
      const going = this.#sent && this.#state < 4;
      this.#drop();
      if (going) this.#fail("abort");
      this.#state = 0;
      this.#reply = null;
    }

    getResponseHeader(name) {
      const wanted = `${name}`.toLowerCase();
      const found = this.#headers().filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
      return found.length ? found.join(", ") : null;
    }

    getAllResponseHeaders() {
      return this.#headers().map(([key, value]) => `${key.toLowerCase()}: ${value}\r\n`).join("");
    }

    #headers() {
      return this.#reply ? this.#reply.headers : [];
    }

    #expectOpened() {
      if (this.#state !== 1 || this.#sent) throw new Exception("The request is not open", "InvalidStateError");
    }

    #drop() {
      if (requests[this.#id] === undefined) return;
      delete requests[this.#id];
      emit("abort", { id: this.#id });
    }

    #enter(state) {
      this.#state = state;
      dispatch(this, "readystatechange");
    }

    #accept(event) {
      delete requests[this.#id];
      if (event.error) {
        this.#fail(event.error);
        return;
      }
      const request = this.#request;
      this.#reply = event;
      for (let state = 2; state <= 4; state += 1) {
        this.#enter(state);
        // A listener may have begun anew.
        if (this.#request !== request || this.#state !== state) return;
      }
      dispatch(this, "progress");
      dispatch(this, "load");
      dispatch(this, "loadend");
    }

    #fail(type) {
      this.#reply = null;
      this.#sent = false;
      this.#enter(4);
      dispatch(this, type);
      dispatch(this, "loadend");
    }
  }

  handlers.xhr = function (event) {
    const accept = requests[event.id];
    if (accept !== undefined) accept(event);
  };

  constants(XMLHttpRequest, ["UNSENT", "OPENED", "HEADERS_RECEIVED", "LOADING", "DONE"]);
  define("XMLHttpRequest", XMLHttpRequest);
});
