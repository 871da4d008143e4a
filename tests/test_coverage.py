"""The tables of what is used of the vendors' pages leave out no line, and name tests that exist."""

from pathlib import Path
import re

import pytest

TABLES = sorted((Path(__file__).parents[1] / "docs/coverage").glob("*.md"))
PROTOCOLS = Path(__file__).parent / "protocols"
# Every name of a message, method, function, field or parameter that stands on the pages.
NAMES = {
    "axeos": """
        system_information uuid version language time_zone hostname external_ipaddr number
        users status appid username full_name phones type phone personal trunk primary_phone hot_desk
        call_forward cw dnd name phone_username mobile_logins_enabled status_code hot_desk_user mobile_user
        voicemail mailbox_number new_messages old_messages urgent_messages password
        last timeout limit event_type seq timestamp user_uuid phone_uuid event_tag unique_id account_code
        called_did called_extension caller trunk_uuid normalized_number original_number
        targets user_phone_type target reason transfer_extension transferer transferee linked_id
        unique_id_1 unique_id_2 linked_id_1 linked_id_2 transfer_target voicemail_uuid
        user_name auto_answer Location message switches default value
        calls_waiting longest_hold_time hold_time talk_time answered aborted service_level
        service_level_interval all_agents logged_in_agents free_agents available_agents agents calls relative
        last_reset calls_taken last_call paused penalty callerid_name callerid_num position wait reset key
    """,
    "innovaphone": """
        SubscribePresence SubscribePresenceResult PresenceState PresenceUpdate UnsubscribePresence
        UnsubscribePresenceResult SetPresence SetPresenceResult SubscribeProfile SubscribeProfileResult
        ProfileContactAdded ProfileContactDeleted UnsubscribeProfile UnsubscribeProfileResult AddProfile
        DelProfile UpdateProfile AddProfileContact DelProfileContact UpdateProfileContact GetNodeInfo
        GetNodeInfoResult AddAlienCall AddAlienCallResult DelAlienCall DelAlienCallResult
        api src mt sip num up dn email presence guid contact activity note error errorText profile id name
        prefix_intl prefix_ntl prefix_subs country_code status contacts dsp dialog ext
        AccountInfo AccountInfoResult usn ausn account-guid account-h323 info
        AppChallenge AppLogin Redirect KeepAlive Initialize InitializeResult UserInfo Devices UserInitialize
        UserInitializeResult UserEnd CallInfo UserCall UserClear UserConnect UserHold UserRetrieve
        UserTransfer
        UserMediaTransfer UserRedirect UserReroute UserPickup UserPark UserDTMF UserUUI UserRc UserCtrlCall
        UserCtComplete CallAdd CallUpdate CallDel ReplicateStart ReplicateNext ReplicateAdd ReplicateUpdate
        ReplicateDel GetBooleans GetRegs GetPbxConfig MonitorConfig MonitorConfigInfo GetPbxLicenses
        GetAppLics CheckAppLic GetGroups GetGroup GetObject UpdateObject SearchUsers GetPseudoObjects GetNodes
        GetLocation GetNormalizedNumber GetStun GetApps GetAppObjects GetConfigObjects GetConfigs GetFilters
        GetRPs GetPush GetMessages GetPhoneConfig DeleteObject MonitorAdminObject MonitorUnallowed GetAppLogin
    """,
    "ipcortex": """
        startFeed device deviceMin mailbox queue presence pingtime errorCB errno errString pauseFeed stopFeed
        stopPoll fetchData enableTags tags disableTags path data callback getLines owned immediate
        getAddressbook added removed clientTime serverTime driftTime stun turn idle
    """,
    "switchvox": """
        login extension password logout subscribe topic targets unsubscribe state.change.parkingSpace dial
        convergedDeviceId dialData intercom callVoicemail id uniqueId endpoint account startTime serverTime
        status idle starting calling onThePhone ringing onHold remotes conference displayUrl queueId direction
    """,
}


def read_rows(table: Path) -> list[list[str]]:
    """Return the cells of all rows of the tables in a document."""
    lines = [line for line in table.read_text().splitlines() if line.startswith("| ") and "---" not in line]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_system_has_a_table() -> None:
    """There is a table for each system that has a page."""
    assert [table.stem for table in TABLES] == sorted(NAMES)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_no_line_is_left_out(table: Path) -> None:
    """Every name of the page is in its table, and every line has a test or a reason."""
    rows = read_rows(table)
    assert [row for row in rows if not all(row)] == []
    mentioned = set(re.findall(r"[\w.-]+", " ".join(row[0] for row in rows)))
    assert set(NAMES[table.stem].split()) - mentioned == set()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_named_tests_exist(table: Path) -> None:
    """A line that claims to be shown by a test is."""
    files = {file.name: file.read_text() for file in (PROTOCOLS / table.stem).glob("test_*.py")}
    everywhere = "\n".join(files.values())
    named = re.findall(r"`(?:(test_\w+\.py)(?:::)?)?(test_\w+)?`", table.read_text())
    named = [(file, name) for file, name in named if file or name]
    assert len(named) > 10
    assert [
        (file, name)
        for file, name in named
        if not _is_test(name, files.get(file, "") if file else everywhere)
    ] == []


def _is_test(name: str, text: str) -> bool:
    return (
        re.search(rf"^(async )?def {name or 'test_'}{r'\(' if name else ''}", text, re.MULTILINE) is not None
    )
