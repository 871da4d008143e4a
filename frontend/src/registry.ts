/** Tell Home Assistant what there is; each list is made by whoever comes first. */

type Registered = Record<string, unknown> & { type?: string };
declare global {
  interface Window {
    customCards?: Registered[];
    customBadges?: Registered[];
    customCardFeatures?: Registered[];
    customStrategies?: Registered[];
  }
}
type ListName = "customCards" | "customBadges" | "customCardFeatures" | "customStrategies";

export function announce(list: ListName, item: Registered): void {
  const items = (window[list] ??= []);
  if (!items.some((known) => known.type === item.type)) items.push(item);
}

/** Define an element unless an older copy of this module is on the page already. */
export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
