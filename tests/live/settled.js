// True once the frontend has drawn its page: launch screen gone, a panel in place, no spinner to be seen,
// fonts and images loaded, and the number of elements the same three times running.
() => {
  const spinners = ["ha-spinner", "wa-spinner", "hass-loading-screen", "step-flow-loading", "step-flow-progress"];
  const elements = [];
  const collect = (root) => {
    for (const element of root.querySelectorAll("*")) {
      elements.push(element);
      if (element.shadowRoot) collect(element.shadowRoot);
    }
  };
  collect(document);

  const panel = elements.find((element) => element.localName === "partial-panel-resolver");
  const busy = elements.some((element) => spinners.includes(element.localName) && element.checkVisibility());
  const loading = elements.some((element) => element.localName === "img" && element.src && !element.complete);
  const started = !document.getElementById("ha-launch-screen") && panel?.firstElementChild;
  const ready = started && !busy && !loading && document.fonts.status === "loaded";

  const same = ready && window.pbxElements === elements.length;
  window.pbxQuiet = same ? window.pbxQuiet + 1 : 0;
  window.pbxElements = elements.length;
  return window.pbxQuiet >= 3;
}
