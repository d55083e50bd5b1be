"""Reads a batch of CloudEvents as their own SDK does, which refuses what the specification does not allow."""

import json
import sys

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

events = []
for event in json.load(sys.stdin):
    read = JSONFormat().read(CloudEvent, json.dumps(event))
    events.append(
        {
            "id": read.get_id(),
            "source": read.get_source(),
            "type": read.get_type(),
            "subject": read.get_subject(),
            "time": read.get_time().isoformat(),
            "data": read.get_data(),
        }
    )
json.dump(events, sys.stdout)
