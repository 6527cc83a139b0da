"""Where the three views are found."""

from django.urls import path

from bench.peer.views import Award, Browse, Redeem

urlpatterns = [
    path("browse", Browse.as_view()),
    path("award", Award.as_view()),
    path("redeem", Redeem.as_view()),
]
