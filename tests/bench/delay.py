#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""A line with a delay: delay.py PORT TARGET MILLISECONDS (one way)."""
import asyncio
import sys

PORT, TARGET, DELAY = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) / 1000


async def pump(reader, writer):
    loop, last = asyncio.get_running_loop(), 0.0
    while data := await reader.read(1 << 18):
        last = loop.time() + DELAY
        loop.call_at(last, writer.write, data)
    loop.call_at(max(last, loop.time() + DELAY), writer.close)


async def serve(reader, writer):
    await asyncio.sleep(2 * DELAY)      # SYN and SYN-ACK, which loopback answers at once
    there, back = await asyncio.open_connection("127.0.0.1", TARGET)
    await asyncio.gather(pump(reader, back), pump(there, writer))


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", PORT, limit=1 << 20)
    await server.serve_forever()

asyncio.run(main())
