"""Three views: browse by key, award, redeem."""

from typing import Any

from django.utils.timezone import localdate, now
from django.utils.translation import get_language_from_request
from rest_framework import generics, serializers, status
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from bench.peer import services
from bench.peer.models import Deed, Submission, Voucher


class DeedSerializer(serializers.ModelSerializer):
    """A deed, with the fields that our catalogue shows."""

    title = serializers.SerializerMethodField()
    is_open = serializers.SerializerMethodField()

    class Meta:
        model = Deed
        fields = (
            "code",
            "title",
            "category",
            "titles",
            "points",
            "unit",
            "max_per_day",
            "max_per_year",
            "evidence",
            "minutes",
            "access",
            "districts",
            "purpose",
            "review_by",
            "source",
            "version",
            "in_force_from",
            "is_open",
        )

    def get_title(self, deed: Deed) -> Any:
        return deed.titles[self.context["language"]]

    def get_is_open(self, deed: Deed) -> bool:
        return bool(deed.in_force_from <= self.context["at"] and self.context["today"] <= deed.review_by)


class ByCode(CursorPagination):
    ordering = "code"
    page_size = 20


class Browse(generics.ListAPIView):
    serializer_class = DeedSerializer
    pagination_class = ByCode

    def get_queryset(self) -> Any:
        at = now()
        return Deed.objects.filter(in_force_from__lte=at, review_by__gte=localdate(at))

    def get_serializer_context(self) -> dict[str, Any]:
        at = now()
        facts = {"at": at, "today": localdate(at), "language": get_language_from_request(self.request)}
        return {**super().get_serializer_context(), **facts}


class AwardSerializer(serializers.Serializer):
    submission = serializers.IntegerField()
    verifier = serializers.IntegerField()


class DecidedSerializer(serializers.ModelSerializer):
    submission = serializers.IntegerField(source="pk")

    class Meta:
        model = Submission
        fields = ("submission", "status", "reason_code", "deed_version", "points_awarded", "cap_bound", "decided_at")


class Award(generics.GenericAPIView):
    serializer_class = AwardSerializer

    def post(self, request: Request) -> Response:
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(DecidedSerializer(services.award(**asked.validated_data, at=now())).data)


class RedeemSerializer(serializers.Serializer):
    resident = serializers.IntegerField()
    benefit = serializers.SlugField()


class VoucherSerializer(serializers.ModelSerializer):
    partner = serializers.CharField(source="benefit.partner_id")

    class Meta:
        model = Voucher
        fields = ("id", "benefit", "partner", "code", "status", "price_points", "bought_at", "expires_at")


class Redeem(generics.GenericAPIView):
    serializer_class = RedeemSerializer

    def post(self, request: Request) -> Response:
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        voucher = services.redeem(**asked.validated_data, at=now())
        return Response(VoucherSerializer(voucher).data, status=status.HTTP_201_CREATED)
