// Bytes cross the border as base64, and text that goes to the server so that every character survives.
(function (bridge) {
  "use strict";
  const decode = atob;
  const encode = btoa;
  const { isView } = ArrayBuffer;

  bridge.toBuffer = function (text) {
    const binary = decode(text);
    const bytes = new Uint8Array(binary.length);
    for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
    return bytes.buffer;
  };

  bridge.toBase64 = function (data) {
    const bytes = isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);
    let binary = "";
    for (let index = 0; index < bytes.length; index += 1) binary += String.fromCharCode(bytes[index]);
    return encode(binary);
  };

  const { encodeURIComponent } = globalThis;
  const { toWellFormed } = String.prototype;
  const { apply } = Reflect;
  bridge.toEscaped = (text) => encodeURIComponent(apply(toWellFormed, `${text}`, []));

  bridge.isBytes = (data) => isView(data) || data instanceof ArrayBuffer;
});
