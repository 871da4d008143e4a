"""Click through a config flow the way a person does."""

from collections.abc import Mapping

from playwright.async_api import Locator

from tests.live.browser import HaPage

DASHBOARD = "/config/integrations/dashboard"
# A search that comes before the names are translated finds domains, and the list never corrects itself.
SEARCHES = 20

type FieldValue = str | int | bool


class FlowDialog:
    """The dialog in which Home Assistant shows the steps of a config flow or options flow."""

    def __init__(self, page: HaPage) -> None:
        self._ha = page
        self.root = page.page.locator("dialog-data-entry-flow")

    @classmethod
    async def add_integration(cls, page: HaPage, name: str) -> FlowDialog:
        """Start a config flow: open the dashboard, press "Add integration", search, choose."""
        await page.open(DASHBOARD)
        await page.page.get_by_role("button", name="Add integration").click()
        found = page.page.locator("ha-integration-list-item").get_by_text(name, exact=True)
        for _ in range(SEARCHES):
            await page.page.locator("dialog-add-integration input").fill("")
            await page.page.locator("dialog-add-integration input").fill(name)
            await page.settled()
            if await found.count():
                break
        await found.click()
        return await cls.opened(page)

    @classmethod
    async def configure(cls, page: HaPage, domain: str) -> FlowDialog:
        """Start the options flow of an integration's only entry."""
        await page.open(f"/config/integrations/integration/{domain}")
        return await cls.configure_row(page, page.page.locator("ha-config-entry-row").first)

    @classmethod
    async def configure_row(cls, page: HaPage, row: Locator) -> FlowDialog:
        """Start the options flow of an entry on the page of its integration."""
        await row.get_by_role("button", name="Configure").first.click()
        return await cls.opened(page)

    @classmethod
    async def reconfigure(cls, page: HaPage, domain: str) -> FlowDialog:
        """Start the flow that changes how an integration's only entry is reached."""
        await page.open(f"/config/integrations/integration/{domain}")
        return await cls.reconfigure_row(page, page.page.locator("ha-config-entry-row").first)

    @classmethod
    async def reconfigure_row(cls, page: HaPage, row: Locator) -> FlowDialog:
        """Start the flow that changes how an entry on the page of its integration is reached."""
        await row.locator("ha-icon-button[slot=trigger]").first.click()
        await page.settled()
        await row.get_by_text("Reconfigure", exact=True).first.click()
        return await cls.opened(page)

    @classmethod
    async def opened(cls, page: HaPage) -> FlowDialog:
        """Return the dialog that something on the page has opened."""
        dialog = cls(page)
        await dialog.root.locator("step-flow-menu, step-flow-form, step-flow-abort").wait_for()
        await page.settled()
        return dialog

    async def choose(self, option: str) -> None:
        """Choose from a menu step."""
        await self.root.locator("step-flow-menu").get_by_text(option, exact=True).click()
        await self._ha.settled()

    async def open_section(self, title: str) -> None:
        """Unfold a section of the form."""
        await self.root.get_by_role("button", name=title, exact=True).click()
        await self._ha.settled()

    async def fill(self, values: Mapping[str, FieldValue]) -> None:
        """Fill in fields by the labels a person reads."""
        for label, value in values.items():
            await self._fill_field(await self.field(label), value)

    async def submit(self) -> None:
        """Press the button at the foot of the dialog and wait for what comes next."""
        await self.root.locator("ha-dialog-footer ha-button").last.click()
        await self._ha.settled()

    async def import_all(self) -> None:
        """Leave the choice of what is imported as it is, the last step before an entry is made."""
        assert "imported" in await self.title()
        await self.submit()

    async def finish(self) -> None:
        """Close the dialog after the last step, unless Home Assistant has done so."""
        buttons = self.root.locator("ha-dialog-footer ha-button")
        while await self.root.locator("step-flow-create-entry, step-flow-abort").count():
            # A click of Playwright's would wait for a button that goes away by itself.
            await buttons.evaluate_all("buttons => buttons.at(-1)?.click()")
            await self._ha.settled()

    async def field(self, label: str) -> Locator:
        """Return the form field with a label."""
        fields = await self.root.locator("ha-form .root > *").all()
        labels = [await field.evaluate("element => element.label") for field in fields]
        if label not in labels:
            raise LookupError(f"No field {label!r} among {labels}")
        return fields[labels.index(label)]

    async def title(self) -> str:
        """Return the heading of the present step."""
        return await self.root.locator("[slot=headerTitle]").inner_text()

    async def text(self) -> str:
        """Return all that the dialog says, as an outline of what a screen reader would tell."""
        return await self.root.aria_snapshot()

    async def errors(self) -> list[str]:
        """Return the errors that the present step shows."""
        return await self.root.locator("ha-alert[alert-type=error]").all_inner_texts()

    async def _fill_field(self, field: Locator, value: FieldValue) -> None:
        """Fill in one field."""
        if isinstance(value, bool):
            # What is drawn lies on top of the input, and the click is meant for both.
            await field.locator("input").set_checked(value, force=True)
            return
        entry = field.locator("input, textarea")
        if await entry.count():
            await entry.first.fill(str(value))
            return
        drop_down = field.locator("ha-select, ha-generic-picker")
        if await drop_down.count():
            await drop_down.click()
        await field.get_by_text(str(value), exact=True).last.click()
