"""Encodes what an X server shows by the wheel of the image, once for each codec, and prints what came of it as JSON."""

import json
import sys
import threading

import pixelflux


def encode(codec):
    settings = pixelflux.CaptureSettings()
    settings.capture_width, settings.capture_height = 320, 200
    settings.target_fps = 30.0
    settings.codec = codec
    settings.use_cpu, settings.use_wayland, settings.encode_node_index = True, False, -1
    settings.video_fullframe, settings.omit_stripe_headers = True, True
    frames, arrived = [], threading.Event()

    def take(frame):
        frames.append(bytes(frame))
        arrived.set()

    capture = pixelflux.ScreenCapture()
    capture.start_capture(take, settings)
    arrived.wait(30)
    info = capture.stream_info()
    capture.stop_capture()
    return {"asked": codec, "codec": info["codec"], "encoder": info["encoder"], "start": frames[0][:4].hex()}


print(json.dumps([encode(codec) for codec in sys.argv[1:]]))
