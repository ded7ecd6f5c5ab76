"""Sends with SDKs from Python, unmodified. Arguments: which SDK, the server's address, a write key, a run's name."""

import datetime
import json
import sys
import urllib.request
import uuid

SDK, HOST, KEY, RUN = sys.argv[1:5]
AT = datetime.datetime(2026, 11, 1, 8, 0, 0, 123000, tzinfo=datetime.timezone.utc)
FAILED = []


def failed(error, batch=None):
    FAILED.append(error)


def segment():
    import segment.analytics as analytics

    common(analytics, "segment-python")


def rudder():
    import rudderstack.analytics as analytics

    analytics.dataPlaneUrl = HOST
    analytics.gzip = True
    common(analytics, "rudder-python")


def common(analytics, name):
    analytics.write_key = KEY
    analytics.host = HOST
    analytics.on_error = failed
    analytics.max_retries = 2
    who = f"{name}-u"
    send = {"timestamp": AT}
    analytics.track(who, "OrderPaid", {"price": 19.9}, message_id=f"{RUN}-1", **send)
    analytics.identify(who, {"plan": "pro"}, message_id=f"{RUN}-2", **send)
    analytics.page(who, "Shop", "Home", message_id=f"{RUN}-3", **send)
    analytics.group(who, "g1", {"size": 3}, message_id=f"{RUN}-4", **send)
    analytics.alias(f"{name}-a", who, message_id=f"{RUN}-5", **send)
    analytics.shutdown()


def posthog():
    from posthog import Posthog

    client = Posthog(KEY, host=HOST, on_error=failed, max_retries=2, timeout=10, gzip=True)
    who = "posthog-python-u"
    own = str(uuid.uuid5(uuid.NAMESPACE_URL, RUN))
    client.capture("OrderPaid", distinct_id=who, properties={"price": 19.9}, timestamp=AT, uuid=own)
    client.set(distinct_id=who, properties={"plan": "pro"}, timestamp=AT, uuid=str(uuid.uuid5(uuid.NAMESPACE_URL, RUN + "2")))
    client.capture("Seen", timestamp=AT, uuid=str(uuid.uuid5(uuid.NAMESPACE_URL, RUN + "3")))
    flags = client.get_all_flags(who)
    assert not flags, f"there are no flags, not {flags}"
    client.shutdown()


def sensors():
    import sensorsanalytics

    consumer = sensorsanalytics.BatchConsumer(f"{HOST}/sa?project=default&token={KEY}", max_size=20)
    client = sensorsanalytics.SensorsAnalytics(consumer)
    ms = int(AT.timestamp() * 1000)
    client.track("sensors-python-u", "OrderPaid", {"price": 19.9, "$time": ms}, is_login_id=True)
    client.track("sensors-python-a", "Seen", {"name": "值", "$time": ms}, is_login_id=False)
    client.track_signup("sensors-python-u", "sensors-python-a", {"$time": ms})
    client.profile_set("sensors-python-u", {"plan": "pro"}, is_login_id=True)
    client.item_set("sku", "7", {"price": 3})
    try:
        client.flush()
    except sensorsanalytics.SensorsAnalyticsNetworkException:
        # What was not taken stays in its buffer until it is told to send again.
        client.flush()
    client.close()


def cloudevents():
    try:
        from cloudevents.v1.conversion import to_binary, to_structured
        from cloudevents.v1.http import CloudEvent
    except ImportError:
        from cloudevents.http import CloudEvent, to_binary, to_structured
    for number, write in enumerate((to_binary, to_structured)):
        event = CloudEvent(
            {"id": f"{RUN}-{number}", "source": "/shop", "type": "OrderPaid", "time": AT.isoformat(), "userid": "cloudevents-python-u"},
            {"price": 19.9},
        )
        headers, body = write(event)
        post(f"{HOST}/cloudevents/{KEY}", headers, body)


def ga4():
    body = {
        "client_id": "ga4-a", "user_id": "ga4-u", "timestamp_micros": int(AT.timestamp() * 1_000_000),
        "events": [{"name": "OrderPaid", "params": {"price": 19.9, "event_id": RUN}}],
    }
    for path in ("/debug/mp/collect", "/mp/collect"):
        post(f"{HOST}{path}?measurement_id=G-1&api_secret={KEY}", {}, json.dumps(body).encode())


def post(url, headers, body):
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status < 300, answer.status


globals()[SDK]()
if FAILED:
    raise FAILED[0]
