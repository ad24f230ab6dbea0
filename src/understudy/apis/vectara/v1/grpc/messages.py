"""Messages of the proto as JSON of the REST interface, and back."""

from __future__ import annotations

from typing import Any

import orjson
from google.protobuf import json_format
from google.protobuf.message import DecodeError

from understudy.apis.vectara.v1.bounds import MOST_CORPORA, MOST_QUERIES, MOST_SUMMARIES
from understudy.apis.vectara.v1.grpc.generated import query_service_pb2 as pb

Json = dict[str, Any]
SERVICE = pb.DESCRIPTOR.services_by_name["QueryService"]
MOST_DIMENSIONS = 1000
"""How many weights one corpus may be given: two bytes make one, and each costs a thousand times as much."""


def read(data: bytes) -> bytes:
    """The JSON of a serialised batch; ValueError when it is none.

    Lists that are too long are cut where they are too long still, so that nobody pays for their rest.
    """
    batch = pb.BatchQueryRequest()
    try:
        batch.ParseFromString(data)
    except DecodeError:
        raise ValueError("the message is no BatchQueryRequest") from None
    batch.DiscardUnknownFields()
    del batch.query[MOST_QUERIES + 1 :]
    for query in batch.query:
        del query.corpus_key[MOST_CORPORA + 1 :]
        del query.summary[MOST_SUMMARIES + 1 :]
        if any(len(key.dim) > MOST_DIMENSIONS for key in query.corpus_key):
            raise ValueError(f"a corpus has at most {MOST_DIMENSIONS} weights")
    told: Json = json_format.MessageToDict(batch)
    return orjson.dumps({"query": told.get("query", [])})


def batch_response(answer: bytes) -> bytes:
    """A serialised BatchQueryResponse of the JSON answer."""
    return json_format.ParseDict(orjson.loads(answer), pb.BatchQueryResponse()).SerializeToString()


def response_part(line: bytes) -> bytes:
    """A serialised QueryResponsePart of one line of a stream."""
    return json_format.ParseDict(orjson.loads(line)["result"], pb.QueryResponsePart()).SerializeToString()
