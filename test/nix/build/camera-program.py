"""Streams from the camera as programs do (V4L2): says what it is, then the pictures of each of its given counts."""

import array, ctypes, errno, fcntl, glob, json, mmap, os, select, stat, struct, sys

CAPTURE, MMAP = 1, 1


def ioctl(number, size, data=b"", direction=3):
    """Calls a request by its number; returns the whole structure."""
    buffer = bytearray(data.ljust(size, b"\0"))
    fcntl.ioctl(camera, direction << 30 | size << 16 | ord("V") << 8 | number, buffer)
    return bytes(buffer)


def refused(*arguments):
    try:
        ioctl(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno]


def text(data):
    return data.split(b"\0")[0].decode()


def buffer(index):
    return struct.pack("<IIII", index, CAPTURE, 0, 0) + bytes(44) + struct.pack("<I", MMAP)


def stream(count):
    """REQBUFS, QUERYBUF, mmap, QBUF, STREAMON; DQBUF and QBUF for each picture; STREAMOFF."""
    given = struct.unpack("<I", ioctl(8, 20, struct.pack("<III", 4, CAPTURE, MMAP))[:4])[0]
    memory = []
    for index in range(given):
        offset, length = struct.unpack_from("<QI", ioctl(9, 88, buffer(index)), 64)
        memory.append(mmap.mmap(camera, length, offset=offset))
        ioctl(15, 88, buffer(index))
    capture = struct.pack("<i", CAPTURE)
    ioctl(18, 4, capture, 1)
    pictures = []
    for number in range(count):
        select.select([camera], [], [], 30)
        filled = ioctl(17, 88, buffer(0))
        index, _, used = struct.unpack_from("<III", filled)
        assert struct.unpack_from("<I", filled, 56)[0] == number
        pictures.append(memory[index][:used].decode("latin1"))
        ioctl(15, 88, buffer(index))
    # Nothing is ready when all buffers are taken back, and a program that does not wait is told so.
    ioctl(19, 4, capture, 1)
    return pictures


devices = [name for name in os.listdir("/dev") if name.startswith("video")]
camera = os.open("/dev/video0", os.O_RDWR | os.O_NONBLOCK)
status = os.stat("/dev/video0")
name = ioctl(0, 104, direction=2)
wish = struct.pack("<IIIII", CAPTURE, 0, 1920, 1080, 0x56595559)
print(
    json.dumps(
        {
            "listed": devices,
            "globbed": glob.glob("/dev/video*"),
            "device": [stat.S_ISCHR(status.st_mode), os.major(status.st_rdev), os.minor(status.st_rdev)],
            "same": os.fstat(camera).st_rdev == status.st_rdev,
            "card": text(name[16:48]),
            "capabilities": struct.unpack_from("<I", name, 88)[0],
            "format": ioctl(2, 64, struct.pack("<II", 0, CAPTURE))[44:48].decode(),
            "formats": refused(2, 64, struct.pack("<II", 1, CAPTURE)),
            # Whatever a program wishes.
            "given": [*struct.unpack_from("<II", ioctl(5, 208, struct.pack("<Q", CAPTURE) + wish[8:]), 8)],
            "unknown": refused(99, 4),
            "unready": refused(17, 88, buffer(0)),
            "streams": [stream(int(count)) for count in sys.argv[1:]],
        }
    )
)
