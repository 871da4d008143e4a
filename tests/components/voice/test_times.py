"""Times as people say them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.pbx.voice.language import RequestFailed, load_languages
from custom_components.pbx.voice.times import parse_end

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
LANGUAGES = load_languages()


@pytest.fixture(autouse=True)
async def afternoon(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let it be ten to two in the afternoon."""
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    freezer.move_to(datetime(2026, 11, 12, 13, 50, tzinfo=AMSTERDAM))


async def find_end(hass: HomeAssistant, code: str, kind: str, text: str) -> datetime:
    """Return when something ends, found beside the event loop as the assistant does."""
    return await hass.async_add_executor_job(parse_end, LANGUAGES.get_language(code), kind, text)


@pytest.mark.parametrize(
    ("code", "text", "end"),
    [
        ("en", "three", "12 15:00"),
        ("en", "3 pm", "12 15:00"),
        ("en", "half past one", "13 01:30"),
        ("en", "3:30", "12 15:30"),
        ("en", "15:30", "12 15:30"),
        ("en", "quarter to three", "12 14:45"),
        ("en", "five past two", "12 14:05"),
        ("en", "9 am", "13 09:00"),
        ("en", "12 pm", "13 12:00"),
        ("en", "12 am", "13 00:00"),
        ("en", "noon", "13 12:00"),
        ("en", "midnight", "13 00:00"),
        ("en", "two o'clock", "12 14:00"),
        ("en", "tomorrow morning", "13 08:00"),
        ("en", "tomorrow at three", "13 15:00"),
        ("en", "monday at nine", "16 09:00"),
        ("en", "thursday", "19 08:00"),
        ("en", "tonight", "12 18:00"),
        ("de", "drei", "12 15:00"),
        ("de", "morgen früh um sieben", "13 07:00"),
        ("de", "heute Abend", "12 18:00"),
        ("de", "drei Uhr", "12 15:00"),
        ("de", "halb vier", "12 15:30"),
        ("de", "fünf nach halb vier", "12 15:35"),
        ("de", "zehn vor halb vier", "12 15:20"),
        ("de", "15 Uhr 30", "12 15:30"),
        ("de", "viertel vor vier", "12 15:45"),
        ("de", "dreiviertel vier", "12 15:45"),
        ("de", "sieben Uhr abends", "12 19:00"),
        ("nl", "drie uur", "12 15:00"),
        ("nl", "overmorgen", "14 08:00"),
        ("nl", "morgenochtend", "13 08:00"),
        ("nl", "half vier", "12 15:30"),
        ("nl", "tien over half vier", "12 15:40"),
        ("nl", "5 voor half vier", "12 15:25"),
        ("nl", "kwart over drie", "12 15:15"),
        ("nl", "tien voor drie", "12 14:50"),
        ("nl", "16.15", "12 16:15"),
        ("fr", "15h30", "12 15:30"),
        ("fr", "quinze heures", "12 15:00"),
        ("fr", "trois heures moins le quart", "12 14:45"),
        ("fr", "demain matin", "13 08:00"),
        ("fr", "midi", "13 12:00"),
        ("es", "las tres y media", "12 15:30"),
        ("es", "las tres menos cuarto", "12 14:45"),
        ("es", "las tres de la tarde", "12 15:00"),
        ("es", "mañana por la mañana", "13 08:00"),
        ("es", "esta noche", "12 20:00"),
        ("it", "le tre e mezza", "12 15:30"),
        ("it", "le sette di sera", "12 19:00"),
        ("it", "l'una", "13 01:00"),
        ("it", "mezzogiorno", "13 12:00"),
        ("it", "lunedì alle nove", "16 09:00"),
    ],
)
async def test_until(hass: HomeAssistant, code: str, text: str, end: str) -> None:
    """A time of day is the next one, in the half of the day that comes first."""
    assert f"{await find_end(hass, code, 'until', text):%d %H:%M}" == end


@pytest.mark.parametrize(
    ("code", "text", "end"),
    [
        ("en", "an hour", "14:50"),
        ("en", "half an hour", "14:20"),
        ("en", "three quarters of an hour", "14:35"),
        ("en", "20 minutes", "14:10"),
        ("en", "twenty minutes", "14:10"),
        ("en", "two hours and ten minutes", "16:00"),
        ("en", "an hour and a half", "15:20"),
        ("de", "eine Stunde", "14:50"),
        ("de", "eine halbe Stunde", "14:20"),
        ("de", "zwanzig Minuten", "14:10"),
        ("de", "anderthalb Stunden", "15:20"),
        ("nl", "een uur", "14:50"),
        ("nl", "een half uur", "14:20"),
        ("nl", "twee uur", "15:50"),
        ("nl", "een kwartier", "14:05"),
        ("nl", "drie kwartier", "14:35"),
        ("fr", "une heure", "14:50"),
        ("fr", "trois quarts d'heure", "14:35"),
        ("fr", "deux heures et demie", "16:20"),
        ("es", "hora y media", "15:20"),
        ("es", "los próximos treinta minutos", "14:20"),
        ("es", "un par de horas", "15:50"),
        ("it", "un'ora", "14:50"),
        ("it", "mezz'ora", "14:20"),
        ("it", "un'ora e mezza", "15:20"),
    ],
)
async def test_duration(hass: HomeAssistant, code: str, text: str, end: str) -> None:
    """A while counts from now."""
    assert f"{await find_end(hass, code, 'duration', text):%H:%M}" == end


@pytest.mark.parametrize(("kind", "text"), [("until", "the cows come home"), ("duration", "three")])
async def test_not_understood(hass: HomeAssistant, kind: str, text: str) -> None:
    """What is no time is said to be none."""
    with pytest.raises(RequestFailed) as error:
        await find_end(hass, "en", kind, text)
    assert error.value.key == "not_understood_time"
