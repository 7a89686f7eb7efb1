"""The state of the house as numbers: what all machines share, read from the database at the moment it is asked for."""

from collections.abc import Iterator

from django.db.models import Count, Min, Q, Sum
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kaimen.cases.models import NumberCounter, Promise
from kaimen.foundation.enums import DeliveryState
from kaimen.foundation.jobs import HEARTBEAT
from kaimen.foundation.models import Delivery, JobRun


class House(Collector):
    """Few queries, each by an index or over a short table, so that asking every 15 seconds costs nothing."""

    def collect(self) -> Iterator[Metric]:
        now = timezone.now()
        opened = NumberCounter.objects.aggregate(total=Sum("value"))["total"] or 0
        yield CounterMetricFamily("kaimen_cases_opened", "Needs taken since the beginning", opened)
        late = Promise.objects.filter(due_on__lt=timezone.localdate(now), met_at=None, ended_at=None).count()
        yield GaugeMetricFamily("kaimen_promises_late", "Open promises whose day has passed", late)
        yield from self._jobs()
        mails = GaugeMetricFamily(
            "kaimen_deliveries", "Mails, text messages and robot posts not sent", labels=["channel", "state"]
        )
        waiting = Delivery.objects.exclude(state=DeliveryState.SENT).order_by()
        for row in waiting.values("channel", "state").annotate(rows=Count("pk")):
            mails.add_metric([row["channel"], row["state"]], row["rows"])
        yield mails
        last = JobRun.objects.filter(name=HEARTBEAT).values_list("last_started_at", flat=True).first()
        if last:
            silent = (now - last).total_seconds()
            yield GaugeMetricFamily("kaimen_worker_silent_seconds", "Since a worker's last beat", silent)

    @staticmethod
    def _jobs() -> Iterator[Metric]:
        ready, failed = TaskResultStatus.READY, TaskResultStatus.FAILED
        due = Q(status=ready) & (Q(run_after=None) | Q(run_after__lte=timezone.now()))
        found = DBTaskResult.objects.filter(status__in=[ready, failed]).aggregate(
            queued=Count("pk", filter=Q(status=ready)),
            failed=Count("pk", filter=Q(status=failed)),
            oldest=Min("enqueued_at", filter=due),
        )
        yield GaugeMetricFamily("kaimen_jobs_queued", "Jobs waiting for a worker", found["queued"])
        yield GaugeMetricFamily("kaimen_jobs_failed", "Jobs given up", found["failed"])
        age = (timezone.now() - found["oldest"]).total_seconds() if found["oldest"] else 0
        yield GaugeMetricFamily("kaimen_jobs_oldest_seconds", "Age of the oldest job that could run", age)
