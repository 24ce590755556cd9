"""Every address of the app, by noun and verb."""

from django.urls import path

from campaigns.views import campaign, decisions, fields, review

urlpatterns = [
    # one campaign
    path("campaigns/<int:pk>/", campaign.campaign_detail, name="campaign_detail"),
    path("campaigns/<int:pk>/live", campaign.campaign_live, name="campaign_live"),
    path("campaigns/<int:pk>/read", campaign.campaign_read, name="campaign_read"),
    path("campaigns/<int:pk>/discard", fields.drafts_discard, name="drafts_discard"),
    path(
        "campaigns/<int:pk>/fields/<str:path>", fields.field_update, name="field_update"
    ),
    path(
        "campaigns/<int:pk>/fields/<str:path>/edit",
        fields.field_edit,
        name="field_edit",
    ),
    path(
        "campaigns/<int:pk>/fields/<str:path>/discard",
        fields.field_discard,
        name="field_discard",
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
    path("changes/<int:pk>/decide", decisions.change_decide, name="change_decide"),
    path(
        "changes/<int:pk>/put-back", decisions.change_put_back, name="change_put_back"
    ),
]
