"""Asks a server with Triton's own client, and compares with the simple way and with ONNX Runtime.

Arguments: address of the server, model.onnx of `mixed`. Prints one line of JSON a case: its name, and what went wrong.
"""

import asyncio
import json
import sys
import traceback
import urllib.request

import numpy as np
import onnxruntime
import tritonclient.http as http
import tritonclient.http.aio as aio
from tritonclient.utils import InferenceServerException, np_to_triton_dtype

address, model_file = sys.argv[1:]
client = http.InferenceServerClient(address, concurrency=8)
session = onnxruntime.InferenceSession(model_file, providers=["CPUExecutionProvider"])

COLOURS = ["red", "green", "bleu"]


def rows_of(count, seed):
    random = np.random.default_rng(seed)
    return [
        {
            "age": float(random.integers(18, 111)),
            "weight": None if random.random() < 0.2 else float(np.float32(random.uniform(40, 150))),
            "colour": COLOURS[random.integers(3)],
            "visits": int(random.integers(-3, 4)),
            "smoker": bool(random.random() < 0.5),
            "note": None if random.random() < 0.5 else "Straße – 道 " + str(random.integers(9)),
        }
        for _ in range(count)
    ]


def arrays_of(rows):
    number = lambda name, dtype: np.array([[np.nan if r[name] is None else r[name]] for r in rows], dtype=dtype)
    text = lambda name: np.array([[r[name] or ""] for r in rows], dtype=object)
    return {
        "age": number("age", np.float64),
        "weight": number("weight", np.float32),
        "colour": text("colour"),
        "visits": number("visits", np.int64),
        "smoker": number("smoker", bool),
        "note": text("note"),
    }


DATATYPES = {"age": "FP64", "weight": "FP32", "colour": "BYTES", "visits": "INT64", "smoker": "BOOL", "note": "BYTES"}


def inputs_of(rows, binary, module=http):
    inputs = []
    for name, array in arrays_of(rows).items():
        tensor = module.InferInput(name, list(array.shape), DATATYPES[name])
        tensor.set_data_from_numpy(array, binary_data=binary)
        inputs.append(tensor)
    return inputs


def expected_of(rows):
    seen = np.full((len(rows), 1), np.nan)
    label, probabilities = session.run(["label", "probabilities"], {**arrays_of(rows), "seen": seen})
    return label, probabilities


def simple_way(rows):
    body = json.dumps([{k: v for k, v in row.items() if v is not None} for row in rows]).encode()
    request = urllib.request.Request(
        f"http://{address}/predict/mixed", body, {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request) as response:
        answers = json.load(response)["predictions"]
    return [answer["label"] for answer in answers], [list(answer["probabilities"].values()) for answer in answers]


def same(result, rows):
    label, probabilities = expected_of(rows)
    found = result.as_numpy("label")
    texts = [text.decode() if isinstance(text, bytes) else text for text in found]
    assert texts == list(label), "labels differ"
    np.testing.assert_allclose(result.as_numpy("probabilities"), probabilities, rtol=0, atol=1e-9)


def refused(status, words, call):
    try:
        call()
    except InferenceServerException as error:
        assert error.status() == str(status), f"{error.status()} instead of {status}: {error.message()}"
        assert words in error.message(), error.message()
    else:
        raise AssertionError("it was answered")


cases = {}


def case(function):
    cases[function.__doc__] = function


@case
def health():
    """health of server and models"""
    assert client.is_server_live() and client.is_server_ready()
    assert client.is_model_ready("mixed") and client.is_model_ready("mixed", "v1.0.0")
    assert not client.is_model_ready("none") and not client.is_model_ready("mixed", "v9")


@case
def metadata():
    """metadata, configuration, index, statistics"""
    server = client.get_server_metadata()
    assert server["name"] == "trainyard" and "binary_tensor_data" in server["extensions"]
    model = client.get_model_metadata("mixed")
    inputs = {each["name"]: each for each in model["inputs"]}
    for port in session.get_inputs():
        assert inputs[port.name]["shape"] == [-1, 1]
    assert [each["name"] for each in model["outputs"]] == ["label", "probabilities"]
    assert client.get_model_config("mixed")["backend"] == "onnxruntime"
    assert {each["name"] for each in client.get_model_repository_index()} == {"mixed", "sum"}
    assert client.get_inference_statistics("mixed")["model_stats"][0]["name"] == "mixed"
    assert len(client.get_inference_statistics()["model_stats"]) == 2


@case
def binary():
    """binary tensors of 1, 7 and 2,000 rows as ONNX Runtime in Python answers"""
    for count in (1, 7, 2000):
        rows = rows_of(count, count)
        same(client.infer("mixed", inputs_of(rows, True)), rows)


@case
def as_json():
    """JSON tensors with missing numbers, texts in any language, as ONNX Runtime in Python answers"""
    for count in (1, 7, 500):
        rows = rows_of(count, count)
        outputs = [http.InferRequestedOutput(name, binary_data=False) for name in ("label", "probabilities")]
        same(client.infer("mixed", inputs_of(rows, False), outputs=outputs), rows)


@case
def simple():
    """as the simple way answers"""
    rows = rows_of(50, 50)
    result = client.infer("mixed", inputs_of(rows, True))
    labels, probabilities = simple_way(rows)
    assert [text.decode() for text in result.as_numpy("label")] == labels
    np.testing.assert_allclose(result.as_numpy("probabilities"), probabilities, rtol=0, atol=1e-9)


@case
def some_outputs():
    """one output binary, one JSON, and one alone"""
    rows = rows_of(5, 5)
    outputs = [http.InferRequestedOutput("label", True), http.InferRequestedOutput("probabilities", False)]
    result = client.infer("mixed", inputs_of(rows, True), outputs=outputs)
    same(result, rows)
    assert "data" in result.get_output("probabilities") and "data" not in result.get_output("label")
    alone = client.infer("mixed", inputs_of(rows, True), outputs=[http.InferRequestedOutput("label")])
    assert alone.get_output("probabilities") is None


@case
def classification():
    """the classification extension"""
    rows = rows_of(5, 6)
    outputs = [http.InferRequestedOutput("probabilities", class_count=1)]
    texts = client.infer("mixed", inputs_of(rows, True), outputs=outputs).as_numpy("probabilities")
    label, _ = expected_of(rows)
    assert [text[0].decode().split(":")[2] for text in texts] == list(label)


@case
def identifiers():
    """id, version, parameters and lineage"""
    rows = rows_of(1, 8)
    result = client.infer(
        "mixed", inputs_of(rows, True), model_version="v1.0.0", request_id="ü-1", parameters={"own": 1}, timeout=9
    ).get_response()
    assert result["id"] == "ü-1" and result["model_version"] == "v1.0.0"
    assert len(result["parameters"]["commit"]) == 40


@case
def compression():
    """requests and answers in gzip and deflate"""
    rows = rows_of(2000, 9)
    for algorithm in ("gzip", "deflate"):
        result = client.infer(
            "mixed",
            inputs_of(rows, True),
            request_compression_algorithm=algorithm,
            response_compression_algorithm=algorithm,
        )
        same(result, rows)


@case
def at_once():
    """a hundred requests at once"""
    batches = [rows_of(1 + i % 3, i) for i in range(100)]
    waiting = [client.async_infer("mixed", inputs_of(rows, i % 2 == 0)) for i, rows in enumerate(batches)]
    for rows, request in zip(batches, waiting):
        same(request.get_result(), rows)


@case
def reused():
    """tensors that are used again with other data and shapes"""
    inputs = inputs_of(rows_of(3, 1), True)
    for count in (2, 4):
        rows = rows_of(count, 70 + count)
        for tensor, array in zip(inputs, arrays_of(rows).values()):
            tensor.set_shape(list(array.shape))
            tensor.set_data_from_numpy(array, binary_data=count == 4)
        same(client.infer("mixed", inputs), rows)


@case
def other_types():
    """numbers of every datatype"""
    for dtype in (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64, np.float32):
        array = np.array([[1, 2, 3], [4, 5, 6]], dtype=dtype)
        for binary_data in (True, False):
            tensor = http.InferInput("x", [2, 3], np_to_triton_dtype(dtype))
            tensor.set_data_from_numpy(array, binary_data=binary_data)
            value = client.infer("sum", [tensor]).as_numpy("value")
            np.testing.assert_array_equal(value, [[6.0], [15.0]])


@case
def errors():
    """errors say where, with the status of Triton"""
    rows = rows_of(2, 3)
    bad = [rows[0], {**rows[1], "age": 7.0}]
    refused(400, "input age, row 1", lambda: client.infer("mixed", inputs_of(bad, True)))
    refused(404, "No model", lambda: client.infer("none", inputs_of(rows, True)))
    refused(404, "No version", lambda: client.infer("mixed", inputs_of(rows, True), model_version="v9"))
    refused(404, "No model", lambda: client.get_model_metadata("none"))
    large = http.InferInput("visits", [1, 1], "INT64")
    large.set_data_from_numpy(np.array([[2**53 + 1]]))
    refused(400, "input visits, value 0", lambda: client.infer("mixed", [large]))
    wanted = [http.InferRequestedOutput("nothing")]
    refused(400, "nothing", lambda: client.infer("mixed", inputs_of(rows, True), outputs=wanted))
    refused(400, "shape", lambda: client.infer("sum", [float_input([2, 2])]))
    same(client.infer("mixed", inputs_of(rows, True)), rows)


def float_input(shape):
    tensor = http.InferInput("x", shape, "FP64")
    tensor.set_data_from_numpy(np.zeros(shape))
    return tensor


@case
def repository():
    """load looks again, unload is refused"""
    client.load_model("mixed")
    refused(403, "Git decides", lambda: client.load_model("mixed", config="{}"))
    refused(403, "Git decides", lambda: client.unload_model("mixed"))
    refused(404, "No model", lambda: client.load_model("none"))
    assert client.is_model_ready("mixed")


@case
def base_path():
    """a path before /v2 leads nowhere"""
    other = http.InferenceServerClient(address + "/base_path")
    assert not other.is_server_live()


@case
def with_asyncio():
    """the client for asyncio"""

    async def ask():
        async with aio.InferenceServerClient(address) as each:
            assert await each.is_server_live() and await each.is_model_ready("mixed")
            assert (await each.get_model_metadata("mixed"))["name"] == "mixed"
            rows = [rows_of(2, seed) for seed in range(20)]
            calls = [each.infer("mixed", inputs_of(list_, True, aio)) for list_ in rows]
            for list_, result in zip(rows, await asyncio.gather(*calls)):
                same(result, list_)

    asyncio.run(ask())


for name, function in cases.items():
    try:
        function()
        print(json.dumps({"name": name}))
    except Exception:
        print(json.dumps({"name": name, "problem": traceback.format_exc()}))
