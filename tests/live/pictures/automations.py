"""Take the pictures of automations: the picker of triggers, and the editor with one of ours."""

from tests.live.pictures.studio import Studio, take

NAME = "documents"
ANNA = "event.pbx_example_org_anna_de_vries_call"
OFFICE_HOURS = "switch.pbx_example_org_office_hours"


async def trigger(studio: Studio) -> None:
    """Show an automation with a trigger and a condition of the integration."""
    target = {"entity_id": ANNA}
    automation = {
        "alias": "Tell who calls Anna during office hours",
        "triggers": [
            {"trigger": "pbx.call_ringing", "target": target, "options": {"direction": ["incoming"]}}
        ],
        "conditions": [{"condition": "pbx.switch_is_on", "target": {"entity_id": OFFICE_HOURS}}],
        "actions": [
            {"action": "persistent_notification.create", "data": {"message": "{{ trigger.name }} calls."}}
        ],
    }
    await studio.live.api.rest.post(f"config/automation/config/{NAME}", automation)
    page = await studio.browser.page(f"/config/automation/edit/{NAME}", size=(1280, 900))
    await page.page.locator("ha-automation-trigger-row").first.click()
    await take(page, "trigger", "text=Number of the other party")


async def picker(studio: Studio) -> None:
    """Show what there is to choose from when a trigger is added."""
    page = await studio.browser.page(f"/config/automation/edit/{NAME}", size=(1280, 900))
    await page.page.get_by_role("button", name="Add trigger").click()
    dialog = page.page.locator("add-automation-element-dialog")
    for name in ("By type", "PBX"):
        await dialog.get_by_text(name, exact=True).first.click()
        await page.settled()
    await take(page, "trigger-picker", "text=Call missed", beside_sidebar=False)
