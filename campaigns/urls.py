"""Every address of the app, by noun and verb."""

from django.urls import path

from campaigns.views import (
    account,
    as_of,
    audit,
    audit_export,
    campaign,
    campaign_list,
    changes,
    connections,
    decisions,
    desk,
    desk_acts,
    fields,
    holds,
    labels,
    needs,
    notices,
    overview,
    people,
    review,
    saved_views,
    undo,
)

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("needs-you/", needs.needs_you, name="needs_you"),
    path("campaigns/", campaign_list.campaign_list, name="campaign_list"),
    path("changes/", changes.change_list, name="change_list"),
    path("changes/live", changes.change_live, name="change_live"),
    path("changes/<int:pk>/", changes.change_detail, name="change_detail"),
    path("audit/", audit.audit_list, name="audit_list"),
    path("audit/<int:pk>/", audit.audit_entry, name="audit_entry"),
    path("audit/export", audit_export.audit_export, name="audit_export"),
    path("audit/views/save", saved_views.view_save, name="view_save"),
    path("audit/views/<int:pk>", saved_views.view_open, name="view_open"),
    path("audit/views/<int:pk>/remove", saved_views.view_remove, name="view_remove"),
    # the review desk
    path("desk/", desk.desk_list, name="desk_list"),
    path("desk/visit", desk.desk_visit, name="desk_visit"),
    path("desk/mark", desk_acts.desk_mark_shown, name="desk_mark_shown"),
    path("desk/<int:pk>/mark", desk_acts.desk_mark, name="desk_mark"),
    path("desk/<int:pk>/ask", desk_acts.desk_ask, name="desk_ask"),
    path(
        "questions/<int:pk>/answer", desk_acts.question_answer, name="question_answer"
    ),
    # notices
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/new", notices.notice_add, name="notice_add"),
    path("notices/<int:pk>", notices.notice_detail, name="notice_detail"),
    path("notices/<int:pk>/edit", notices.notice_edit, name="notice_edit"),
    path("notices/<int:pk>/secret", notices.notice_secret, name="notice_secret"),
    path("notices/<int:pk>/stop", notices.notice_stop, name="notice_stop"),
    path("notices/<int:pk>/start", notices.notice_start, name="notice_start"),
    path("notices/<int:pk>/again", notices.notice_again, name="notice_again"),
    # one campaign
    path("campaigns/<int:pk>/", campaign.campaign_detail, name="campaign_detail"),
    path("campaigns/<int:pk>/live", campaign.campaign_live, name="campaign_live"),
    path("campaigns/<int:pk>/read", campaign.campaign_read, name="campaign_read"),
    path("campaigns/<int:pk>/as-of", as_of.campaign_as_of, name="campaign_as_of"),
    path(
        "campaigns/<int:pk>/put-back", as_of.campaign_put_back, name="campaign_put_back"
    ),
    path("campaigns/<int:pk>/discard", fields.drafts_discard, name="drafts_discard"),
    path(
        "campaigns/<int:pk>/fields/<str:path>", fields.field_update, name="field_update"
    ),
    path(
        "campaigns/<int:pk>/fields/<str:path>/edit",
        fields.field_edit,
        name="field_edit",
    ),
    path("campaigns/<int:pk>/fields/<str:path>/why", as_of.field_why, name="field_why"),
    path(
        "campaigns/<int:pk>/fields/<str:path>/discard",
        fields.field_discard,
        name="field_discard",
    ),
    path("campaigns/<int:pk>/labels", labels.label_put, name="label_put"),
    path(
        "campaigns/<int:pk>/labels/<int:label>/off",
        labels.label_take_off,
        name="label_take_off",
    ),
    # what is not sent yet
    path("review", review.review_detail, name="review_detail"),
    path("review/send", review.review_send, name="review_send"),
    path("review/discard", review.review_discard, name="review_discard"),
    # what people decide about a change
    path("changes/<int:pk>/cancel", decisions.change_cancel, name="change_cancel"),
    path(
        "changes/<int:pk>/put-aside",
        decisions.change_put_aside,
        name="change_put_aside",
    ),
    path(
        "changes/<int:pk>/send-again",
        decisions.change_send_again,
        name="change_send_again",
    ),
    path(
        "changes/<int:pk>/look-again",
        decisions.change_look_again,
        name="change_look_again",
    ),
    path("changes/<int:pk>/decide", decisions.change_decide, name="change_decide"),
    # undo
    path("undo/<slug:kind>/<int:pk>", undo.undo_preview, name="undo_preview"),
    path("undo/<slug:kind>/<int:pk>/send", undo.undo_send, name="undo_send"),
    # connections
    path("connections", connections.connection_list, name="connection_list"),
    path("connections/new", connections.connection_choose, name="connection_choose"),
    path(
        "connections/new/<slug:key>", connections.connection_add, name="connection_add"
    ),
    path(
        "connections/<int:pk>", connections.connection_detail, name="connection_detail"
    ),
    path(
        "connections/<int:pk>/edit", connections.connection_edit, name="connection_edit"
    ),
    path(
        "connections/<int:pk>/test", connections.connection_test, name="connection_test"
    ),
    path(
        "connections/<int:pk>/sync", connections.connection_sync, name="connection_sync"
    ),
    path(
        "connections/<int:pk>/hold", connections.connection_hold, name="connection_hold"
    ),
    path(
        "connections/<int:pk>/release",
        connections.connection_release,
        name="connection_release",
    ),
    path(
        "connections/<int:pk>/archive",
        connections.connection_archive,
        name="connection_archive",
    ),
    # people
    path("people", people.person_list, name="person_list"),
    path("people/new", people.person_add, name="person_add"),
    path("people/replace-demo", people.person_replace_demo, name="person_replace_demo"),
    path("people/<int:pk>", people.person_edit, name="person_edit"),
    path("people/<int:pk>/password", people.person_password, name="person_password"),
    path(
        "people/<int:pk>/second-factor",
        people.person_second_factor,
        name="person_second_factor",
    ),
    path(
        "people/<int:pk>/deactivate", people.person_deactivate, name="person_deactivate"
    ),
    path(
        "people/<int:pk>/reactivate", people.person_reactivate, name="person_reactivate"
    ),
    path("profile", account.profile_edit, name="profile_edit"),
    # holding more than one connection
    path("holds", holds.hold_list, name="hold_list"),
    path("holds/<slug:scope>", holds.hold_add, name="hold_add"),
    path("holds/<slug:scope>/release", holds.hold_release, name="hold_release"),
]
