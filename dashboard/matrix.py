"""Which right each named address asks for. One line a route; nothing is open unsaid.

A route that stands in neither list is refused, and `manage.py check` names it.
"""

from campaigns.rights import Right

ROUTES: dict[str, Right] = {
    # the installation
    "health": Right.PUBLIC,
    "health_page": Right.AUDIT,  # managers and admins alike
    # coming in and going out
    "account_login": Right.PUBLIC,
    "account_logout": Right.PUBLIC,
    "account_inactive": Right.PUBLIC,
    "mfa_authenticate": Right.PUBLIC,
    "mfa_login_webauthn": Right.PUBLIC,
    # one's own account
    "account_reauthenticate": Right.VIEW,
    "account_change_password": Right.VIEW,
    "mfa_index": Right.VIEW,
    "mfa_reauthenticate": Right.VIEW,
    "mfa_activate_totp": Right.VIEW,
    "mfa_deactivate_totp": Right.VIEW,
    "mfa_view_recovery_codes": Right.VIEW,
    "mfa_generate_recovery_codes": Right.VIEW,
    "mfa_download_recovery_codes": Right.VIEW,
    "mfa_list_webauthn": Right.VIEW,
    "mfa_add_webauthn": Right.VIEW,
    "mfa_reauthenticate_webauthn": Right.VIEW,
    "mfa_remove_webauthn": Right.VIEW,
    "mfa_edit_webauthn": Right.VIEW,
    "profile_edit": Right.VIEW,
    # connections
    "connection_list": Right.VIEW,
    "connection_detail": Right.VIEW,
    "connection_sync": Right.VIEW,
    "connection_choose": Right.CONNECT,
    "connection_add": Right.CONNECT,
    "connection_edit": Right.CONNECT,
    "connection_test": Right.CONNECT,
    "connection_archive": Right.CONNECT,
    "connection_hold": Right.HOLD,
    "connection_release": Right.HOLD,
    # people
    "person_list": Right.PEOPLE,
    "person_add": Right.PEOPLE,
    "person_edit": Right.PEOPLE,
    "person_password": Right.PEOPLE,
    "person_second_factor": Right.PEOPLE,
    "person_deactivate": Right.PEOPLE,
    "person_reactivate": Right.PEOPLE,
    "person_replace_demo": Right.PEOPLE,
    # where everything stands
    "overview": Right.VIEW,
    "needs_you": Right.VIEW,
    "campaign_list": Right.VIEW,
    "change_list": Right.VIEW,
    "change_live": Right.VIEW,
    "change_detail": Right.VIEW,
    # the history
    "audit_list": Right.AUDIT,
    "audit_entry": Right.AUDIT,
    "audit_export": Right.AUDIT,
    "desk_list": Right.AUDIT,
    "desk_visit": Right.AUDIT,
    "desk_mark": Right.AUDIT,
    "desk_mark_shown": Right.AUDIT,
    "desk_ask": Right.AUDIT,
    "question_answer": Right.VIEW,
    "notice_list": Right.AUDIT,
    "notice_add": Right.AUDIT,
    "notice_detail": Right.AUDIT,
    "notice_edit": Right.AUDIT,
    "notice_secret": Right.AUDIT,
    "notice_stop": Right.AUDIT,
    "notice_start": Right.AUDIT,
    "notice_again": Right.AUDIT,
    "view_save": Right.AUDIT,
    "view_open": Right.AUDIT,
    "view_remove": Right.AUDIT,
    # one campaign
    "campaign_detail": Right.VIEW,
    "campaign_live": Right.VIEW,
    "campaign_read": Right.VIEW,
    "campaign_as_of": Right.VIEW,
    "campaign_put_back": Right.EDIT,
    "field_why": Right.VIEW,
    "drafts_discard": Right.EDIT,
    "label_put": Right.EDIT,
    "label_take_off": Right.EDIT,
    "field_edit": Right.EDIT,
    "field_update": Right.EDIT,
    "field_discard": Right.EDIT,
    # what is not sent yet, what people decide
    "review_detail": Right.EDIT,
    "review_send": Right.EDIT,
    "review_discard": Right.EDIT,
    "change_cancel": Right.EDIT,
    "change_put_aside": Right.EDIT,
    "change_send_again": Right.EDIT,
    "change_look_again": Right.EDIT,
    "change_decide": Right.EDIT,
    "undo_preview": Right.EDIT,
    "undo_send": Right.EDIT,
    # holding more than one connection
    "hold_list": Right.HOLD,
    "hold_add": Right.HOLD,
    "hold_release": Right.HOLD,
}

CLOSED: frozenset[str] = frozenset(
    {
        # People are added by an admin, who vouches for the address.
        "account_signup",
        "account_email",
        "account_email_verification_sent",
        "account_confirm_email",
        "account_confirm_login_code",
        # An admin gives a new password; no link travels by e-mail.
        "account_set_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
)
"""Addresses that packages bring and nobody may use: they answer as if absent."""
