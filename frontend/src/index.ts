import "./wait";
import { CallsCard } from "./cards/calls";
import { CallActionsFeature, WaitingBadge } from "./cards/feature";
import { MyPhoneCard } from "./cards/my-phone";
import { MailboxesCard, ParkedCard, SwitchesCard, SystemCard } from "./cards/small";
import { SwitchboardCard } from "./cards/switchboard";
import { WallboardCard } from "./cards/wallboard";
import { PbxChip } from "./parts/chip";
import { announce, define } from "./registry";
import { TelephoneStrategy } from "./strategy";
import { suggestFor } from "./suggestions";
import { pageLocalizer, type TextKey } from "./texts";
import { PbxTimer } from "./time";

const documentationURL = "https://github.com/ha-pbx/ha-pbx/blob/main/docs/dashboard.md";
const CARDS: [string, string, CustomElementConstructor][] = [
  ["switchboard", "pbx-switchboard-card", SwitchboardCard],
  ["my_phone", "pbx-my-phone-card", MyPhoneCard],
  ["wallboard", "pbx-wallboard-card", WallboardCard],
  ["calls", "pbx-calls-card", CallsCard],
  ["parked", "pbx-parked-card", ParkedCard],
  ["mailboxes", "pbx-mailboxes-card", MailboxesCard],
  ["switches", "pbx-switches-card", SwitchesCard],
  ["system", "pbx-system-card", SystemCard],
];
const t = pageLocalizer();

define("pbx-timer", PbxTimer);
define("pbx-chip", PbxChip);
for (const [name, type, element] of CARDS) {
  define(type, element);
  announce("customCards", {
    type,
    name: t(`card.${name}` as TextKey),
    description: t(`card.${name}.description` as TextKey),
    preview: true,
    documentationURL,
    getEntitySuggestion: (hass: never, entityId: string) => suggestFor(type, hass, entityId),
  });
}

define("pbx-call-actions-feature", CallActionsFeature);
announce("customCardFeatures", {
  type: "pbx-call-actions-feature",
  name: t("feature.call_actions"),
  isSupported: CallActionsFeature.isSupported,
});

define("pbx-waiting-badge", WaitingBadge);
announce("customBadges", {
  type: "pbx-waiting-badge",
  name: t("badge.waiting"),
  description: t("badge.waiting.description"),
  preview: true,
  documentationURL,
});

define("ll-strategy-dashboard-pbx", TelephoneStrategy);
announce("customStrategies", {
  type: "pbx",
  strategyType: "dashboard",
  name: t("strategy.name"),
  description: t("strategy.description"),
  documentationURL,
});
