import type { Hass } from "./types";

/** What each card shows, by the translation keys of our entities. */
const SHOWN: Record<string, RegExp> = {
  "pbx-switchboard-card": /^(active_calls|connectivity|line_status|status|other_party|on_a_call|presence)$/,
  "pbx-my-phone-card": /^(line_status|status|other_party|on_a_call|do_not_disturb|missed_calls|call_forward.*|presence)$/,
  "pbx-wallboard-card": /^(calls_waiting|longest_wait|agents.*|service_level|answered_calls|aborted_calls)$/,
  "pbx-calls-card": /^(last_call|missed_calls|active_calls|calls_to_return|call)$/,
  "pbx-parked-card": /^parked_calls$/,
  "pbx-switches-card": /^routing_switch$/,
  "pbx-system-card": /^(connectivity|version|registered)$/,
  "pbx-mailboxes-card": /^(new_messages|has_new_messages|old_messages|urgent_messages)$/,
};

/** Suggest a card for one of our entities, filled in so that its preview shows that person, queue or PBX. */
export function suggestFor(type: string, hass: Hass, entityId: string): object | null {
  const entity = hass.entities?.[entityId];
  if (entity?.platform !== "pbx") return null;
  if (!SHOWN[type]?.test(entity.translation_key ?? "")) return null;
  const config: Record<string, unknown> = { type: `custom:${type}` };
  if (type === "pbx-my-phone-card" && entity.device_id) config.device = entity.device_id;
  if (type === "pbx-wallboard-card" && entity.device_id) config.queues = [entity.device_id];
  // Home Assistant puts the name of the card before the label.
  const device = hass.devices?.[entity.device_id ?? ""];
  const label = Object.keys(config).length > 1 ? (device?.name_by_user ?? device?.name) : undefined;
  return { ...(label ? { label } : {}), config };
}
