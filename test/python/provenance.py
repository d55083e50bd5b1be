"""Reads a Sigstore bundle with other people's code, and signs the same statement with it.

Standard input: {"bundle": ..., "publicKey": "-----BEGIN ..."}. The statement is parsed into the protocol buffers of
in-toto and SLSA, which refuse fields that they do not know; the envelope is verified by securesystemslib.
"""

import json
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.v1 import resource_descriptor, statement, statement_pb2
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner, SSlibKey

given = json.load(sys.stdin)
raw = given["bundle"]["dsseEnvelope"]

envelope = Envelope.from_dict(
    {**raw, "signatures": [{"keyid": each.get("keyid", ""), "sig": each["sig"]} for each in raw["signatures"]]}
)
key = SSlibKey.from_crypto(load_pem_public_key(given["publicKey"].encode()), keyid=raw["signatures"][0]["keyid"])
accepted = envelope.verify([key], 1)

parsed = json_format.Parse(envelope.payload, statement_pb2.Statement())
statement.Statement.copy_from_pb(parsed).validate()
predicate = json.loads(envelope.payload)["predicate"]
provenance = json_format.ParseDict(predicate, provenance_pb2.Provenance())
for descriptor in [*provenance.build_definition.resolved_dependencies, *provenance.run_details.byproducts]:
    resource_descriptor.ResourceDescriptor.copy_from_pb(descriptor).validate()

private = Ed25519PrivateKey.generate()
signer = CryptoSigner(private)
own = Envelope(envelope.payload, envelope.payload_type, {})
own.sign(signer)

json.dump(
    {
        "accepted": len(accepted),
        "subjects": [each.name for each in parsed.subject],
        "buildType": provenance.build_definition.build_type,
        "builder": provenance.run_details.builder.id,
        "invocation": provenance.run_details.metadata.invocation_id,
        "startedOn": provenance.run_details.metadata.started_on.ToJsonString(),
        "dependencies": len(provenance.build_definition.resolved_dependencies),
        "byproducts": len(provenance.run_details.byproducts),
        "envelope": own.to_dict(),
        "publicKey": private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    },
    sys.stdout,
)
