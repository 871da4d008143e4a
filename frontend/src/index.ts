import "./wait";
import { announce, define } from "./registry";
import { MyPhoneCard } from "./cards/my-phone";
import { SwitchboardCard } from "./cards/switchboard";
import { PbxChip } from "./parts/chip";
import { PbxTimer } from "./time";
import { pageLocalizer, type TextKey } from "./texts";
import { suggestFor } from "./suggestions";

const DOCS = "https://github.com/ha-pbx/ha-pbx/blob/main/docs/dashboard.md";

define("pbx-timer", PbxTimer);
define("pbx-chip", PbxChip);

const CARDS: [string, string, CustomElementConstructor][] = [
  ["switchboard", "pbx-switchboard-card", SwitchboardCard],
  ["my_phone", "pbx-my-phone-card", MyPhoneCard],
];
const t = pageLocalizer();
for (const [name, type, element] of CARDS) {
  define(type, element);
  announce("customCards", {
    type,
    name: t(`card.${name}` as TextKey),
    description: t(`card.${name}.description` as TextKey),
    preview: true,
    documentationURL: DOCS,
    getEntitySuggestion: (hass: never, entityId: string) => suggestFor(type, hass, entityId),
  });
}
