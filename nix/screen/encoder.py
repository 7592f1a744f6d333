#!/usr/bin/python3 -IB
"""screen-encoder CODEC RATE: encodes the X display at most RATE times a second, until its standard input ends.

Records come on the standard output: the length of what follows (4 bytes, high byte first, as all numbers), and then
    1, 1 for a key frame, number (2), number of the frame that it builds on (4, signed; -1: none, -2: unknown),
       width (2), height (2), microseconds of CLOCK_MONOTONIC at the capture (8), the encoded frame; or
    2, JSON of what encodes: {"encoder": "x264", "reason": why it does not run on a GPU}, before a key frame.
Numbers go up to 65535 and begin anew; some are left out. Commands come as JSON objects, one a line:
    {"keyFrame": true}  the next frame decodes by itself; it comes at once, also from a still screen
    {"lost": number}    the next frame builds on one before this, which has the number of a frame
    {"rate": kbit/s}    no more than this while the picture moves
    {"resized": true}   the desktop has another size
"""

import contextlib
import json
import os
import struct
import sys

# What the library prints goes to the log instead of between the records.
OUTPUT = os.dup(1)
os.dup2(2, 1)
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "python"))

from pixelflux import CaptureSettings, ScreenCapture, hardware_encoders

FRAME = 1
NOTICE = 2
# The library's header: a tag, the kind, number, top, width, height, and the number of the frame that it builds on.
HEADER = struct.Struct(">BBHHHHH")
# The last bit of the kind.
KEY = 1
# Frames of mean size that a key frame may be worth: a tenth of a second.
BURST = 6
# Good enough while it moves. When all is still, clients show lossless rectangles of RFB.
QUALITY = 25
# A GPU where there is one.
ANY_NODE = -2


def main():
    # When memory runs out, the stream ends before anything else does.
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("800")
    codec, rate = sys.argv[1], float(sys.argv[2])
    capture = ScreenCapture()
    capture.start_capture(lambda frame: pass_on(capture, frame), settings_for(codec, rate))
    commands = {
        "keyFrame": lambda _: capture.request_idr_frame(),
        "lost": capture.invalidate_reference,
        "rate": capture.update_video_bitrate,
        "resized": lambda _: capture.update_capture_region(0, 0, 0, 0),
    }
    for line in sys.stdin.buffer:
        for name, value in json.loads(line).items():
            commands[name](value)
    # At once: the library would take its time.
    os._exit(0)


def settings_for(codec, rate):
    settings = CaptureSettings()
    settings.use_wayland = False
    settings.codec = codec
    settings.target_fps = rate
    # The whole screen. The library itself would follow it to smaller sizes only.
    settings.capture_width = settings.capture_height = 0
    settings.auto_adjust_screen_capture_size = False
    settings.capture_cursor = False
    settings.video_fullframe = True
    settings.use_paint_over_quality = False
    # The library sends so many more frames after a movement, and clients wait until they end.
    settings.damage_block_duration = 3
    settings.encode_node_index = ANY_NODE
    # x264 has a constant quality with a highest rate, which costs nothing while all is still. Others have a constant rate
    # with a highest quality.
    settings.video_cbr_mode = codec != "h264" or codec in hardware_encoders(ANY_NODE)
    settings.video_crf = settings.video_min_qp = QUALITY
    settings.video_vbv_multiplier = float(BURST)
    settings.video_bitrate_kbps = 20_000
    return settings


def pass_on(capture, frame):
    if len(frame) <= HEADER.size:
        return
    view = memoryview(frame)
    _, kind, number, _, width, height, _ = HEADER.unpack_from(view)
    is_key = kind & KEY
    if is_key:
        info = capture.stream_info() or {}
        notice = {"encoder": info.get("encoder", ""), "reason": info.get("encoder_reason", "")}
        write(struct.pack(">B", NOTICE), json.dumps(notice).encode())
    place = (number, frame.reference_frame_id, width, height, frame.capture_ns // 1000)
    write(struct.pack(">BBHiHHQ", FRAME, is_key, *place), view[HEADER.size :])


def write(head, body):
    rest = [struct.pack(">I", len(head) + len(body)) + head, body]
    while rest:
        written = os.writev(OUTPUT, rest)
        while rest and written >= len(rest[0]):
            written -= len(rest.pop(0))
        if rest:
            rest[0] = memoryview(rest[0])[written:]


main()
