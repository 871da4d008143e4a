import { findMe } from "./actions";
import { getStore, type Store } from "./store";
import { localizer } from "./texts";
import type { Hass, SectionName } from "./types";

const ALL: SectionName[] = ["people", "phones", "queues", "mailboxes", "switches", "calls"];
/** Home Assistant gives a strategy five seconds to come; the PBXs have less to be told. */
const PATIENCE = 4_000;

type Card = Record<string, unknown>;
type View = { sections: Card[] } & Record<string, unknown>;

/** The dashboard "Telephone": what there is, for who is logged in, and nothing that there is not. */
export class TelephoneStrategy extends HTMLElement {
  static readonly registryDependencies = ["devices", "entities"];

  static async getCreateSuggestions(hass: Hass): Promise<object> {
    return { title: localizer(hass)("strategy.name"), icon: "mdi:phone" };
  }

  /** Devices come and go with the objects of a PBX; what merely changes its name or area is shown by the cards. */
  static shouldRegenerate(_config: object, before: Hass, after: Hass): boolean {
    return countDevices(before) !== countDevices(after);
  }

  static async generate(_config: object, hass: Hass): Promise<object> {
    const store = getStore(hass);
    await store.whenLoaded(PATIENCE, ...ALL);
    return { views: listViews(store, hass) };
  }
}

export function listViews(store: Store, hass: Hass): object[] {
  const t = localizer(hass);
  const view = (title: string, path: string, icon: string, ...cards: Card[][]): View => ({
    title,
    path,
    icon,
    type: "sections",
    max_columns: 4,
    sections: cards.filter((some) => some.length).map((some) => ({ type: "grid", cards: some })),
  });
  const has = (name: SectionName): boolean => store.list(name).length > 0;
  const parks = [...store.pbxs.values()].some((pbx) => pbx.can("parked_calls") || pbx.can("park"));
  const phone: Card = { type: "custom:pbx-my-phone-card", grid_options: { columns: "full" } };
  const board: Card = {
    type: "custom:pbx-switchboard-card",
    grid_options: { columns: "full" },
    // At several PBXs there are people of one name, who cannot call each other.
    ...(store.pbxs.size > 1 ? { group_by: "system" } : {}),
  };
  const calls: Card = { type: "custom:pbx-calls-card", grid_options: { columns: "full" } };
  const small = (name: string, wanted: boolean): Card[] =>
    wanted ? [{ type: `custom:pbx-${name}-card`, grid_options: { columns: "full" } }] : [];
  const isSomebody = findMe(store) !== undefined;
  const beside = isSomebody ? [...small("parked", parks), { ...calls, only: "mine" }] : [];
  const mine = view(t("view.my_phone"), "my-phone", "mdi:deskphone", [phone], beside);
  const board_view = {
    ...view(t("view.switchboard"), "switchboard", "mdi:account-group", [board], small("parked", parks)),
    ...(has("queues") ? { badges: [{ type: "custom:pbx-waiting-badge" }] } : {}),
  };
  const queues = view(t("view.queues"), "queues", "mdi:account-clock", small("wallboard", true));
  const mayTie = hass.user?.is_admin ?? false;
  for (const wide of [board_view, queues]) wide.sections[0].column_span = 3;
  return [
    // Who has a telephone here begins with it; whoever can say whose it is, is told how.
    ...(isSomebody ? [mine, board_view] : [board_view, ...(mayTie ? [mine] : [])]),
    ...(has("queues") ? [queues] : []),
    view(t("view.calls"), "calls", "mdi:phone-log", [calls]),
    view(
      t("view.system"),
      "system",
      "mdi:server-network",
      small("system", true),
      small("switches", has("switches")),
      small("mailboxes", has("mailboxes")),
    ),
  ];
}

function countDevices(hass: Hass): number {
  const devices = new Set<string>();
  for (const entity of Object.values(hass.entities)) {
    if (entity.platform === "pbx" && entity.device_id) devices.add(entity.device_id);
  }
  return devices.size;
}
