"""The health check of our images: `python -m ops.containers.inside.probe URL`.

Status 0 when the URL answers 2xx within four seconds (the check itself is cut off at five), else 1
with one line. The standard library alone, so that a check costs tens of milliseconds.
"""

import http.client
import sys
from urllib.parse import urlsplit

PATIENCE_SECONDS = 4.0


def main() -> int:
    url = urlsplit(sys.argv[1])
    connection = http.client.HTTPConnection(url.netloc, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", url.path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"{url.netloc} gives no answer: {error}\n")
        return 1
    finally:
        connection.close()
    if status // 100 != 2:
        sys.stderr.write(f"{url.path} answered {status}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
