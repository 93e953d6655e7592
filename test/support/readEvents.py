"""What TensorFlow itself reads from event files and GIFs: JSON on standard output.

    .venv/bin/python -I test/support/readEvents.py events FILE…
    .venv/bin/python -I test/support/readEvents.py gif FILE
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf  # noqa: E402


def event(one):
    values = {}
    for value in one.summary.value:
        if value.HasField("image"):
            image = value.image
            decoded = tf.io.decode_png(image.encoded_image_string)
            values[value.tag] = [image.width, image.height, image.colorspace, *decoded.shape]
        else:
            values[value.tag] = value.simple_value
    return {
        "kind": one.WhichOneof("what"),
        "step": one.step,
        "time": one.wall_time,
        "version": one.file_version,
        "start": one.session_log.status == 1,
        "values": values,
    }


kind, *files = sys.argv[1:]
if kind == "events":
    print(json.dumps([[event(one) for one in tf.compat.v1.train.summary_iterator(file)] for file in files]))
else:
    frames = tf.io.decode_gif(open(files[0], "rb").read()).numpy()
    print(json.dumps({"shape": frames.shape, "first": frames[0].tolist(), "last": frames[-1].tolist()}))
