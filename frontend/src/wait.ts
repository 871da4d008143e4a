/**
 * Home Assistant loads this module beside its own application, which may replace the registry of elements by
 * one that knows nothing of what was defined, and of which classes were made, before. So nothing else of this
 * module may run earlier: this has to be the first import.
 */
await customElements.whenDefined("home-assistant");

export {};
