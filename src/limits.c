/* limits.c -- the limits that can be changed while a program runs

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   limits.h says why each is what it is.  Some can only be lowered: what
   bounds a C array, or the depth of a recursion.  */

#include "limits.h"

struct limit_row limits[LIMITS] = {
  [LIMIT_REQUEST_BYTES]
  = { "request-bytes", IM_SERVER_REQUEST_BYTES, 256, 16 << 20, 1,
      "longest request a server reads, and longest message, in bytes" },
  [LIMIT_CLIENT_REQUEST_BYTES]
  = { "client-request-bytes", IM_CLIENT_REQUEST_BYTES, 256, 256 << 20, 1,
      "longest request a client reads, in bytes" },
  [LIMIT_NESTING]
  = { "nesting", IM_DATUM_DEPTH, 4, IM_DATUM_DEPTH, 1,
      "parentheses inside each other" },
  [LIMIT_NUMBER_CHARACTERS]
  = { "number-characters", IM_NUMBER_CHARACTERS, 8, IM_NUMBER_CHARACTERS, 1,
      "longest number, in characters" },
  [LIMIT_NAME_CHARACTERS]
  = { "name-characters", IM_NAME_CHARACTERS, 1, 1000, 1,
      "longest name of a client, in characters" },
  [LIMIT_HANDSHAKE_MS]
  = { "handshake-seconds", IM_HANDSHAKE_MS, 1, 24 * 3600 * 1000, 1000,
      "time for a whole handshake" },
  [LIMIT_REQUEST_MS]
  = { "request-seconds", IM_REQUEST_MS, 1, 24 * 3600 * 1000, 1000,
      "time for the rest of a request that has begun" },
  [LIMIT_FAREWELL_MS]
  = { "farewell-seconds", IM_FAREWELL_MS, 1, 60 * 1000, 1000,
      "time for the answer to a farewell" },
  [LIMIT_INTERRUPT_MS]
  = { "interrupt-seconds", IM_INTERRUPT_MS, 1, 1000, 1000,
      "time for a handler to finish before Ctrl-C stops it" },
  [LIMIT_OUTPUT_BYTES]
  = { "output-bytes", IM_OUTPUT_DROP_BYTES, 1024, 1 << 30, 1,
      "bytes queued for a client that doesn't read; more drops it" },
  [LIMIT_TURN_REQUESTS]
  = { "turn-requests", IM_TURN_REQUESTS, 1, 1 << 20, 1,
      "requests of one client before the others have their turn" },
  [LIMIT_TURN_BYTES]
  = { "turn-bytes", IM_TURN_BYTES, 256, 1 << 30, 1,
      "bytes of one client before the others have their turn" },
  [LIMIT_RATE_REQUESTS]
  = { "rate-requests", IM_RATE_REQUESTS, 0, 1000000, 1,
      "requests per second from one client for long; 0: any number" },
  [LIMIT_RATE_BURST]
  = { "rate-burst", IM_RATE_BURST, 1, 1000000, 1,
      "requests from one client at once, before its rate counts" },
  [LIMIT_CONNECTIONS]
  = { "connections", 0, 0, 1 << 20, 1,
      "connections at a time; 0: what `ulimit -n' allows, without a few" },
  [LIMIT_KEEPALIVE_IDLE_S]
  = { "keepalive-seconds", IM_KEEPALIVE_IDLE_S, 1, 32767, 1,
      "silence before the network is asked whether a peer is there" },
  [LIMIT_KEEPALIVE_INTERVAL_S]
  = { "keepalive-interval-seconds", IM_KEEPALIVE_INTERVAL_S, 1, 32767, 1,
      "time between two such questions" },
  [LIMIT_KEEPALIVE_PROBES]
  = { "keepalive-probes", IM_KEEPALIVE_PROBES, 1, 127, 1,
      "such questions without an answer before the connection is broken" },
  [LIMIT_LOG_LINES]
  = { "log-lines", IM_LOG_LINES, 1, 1000000, 1,
      "lines of the log in one second; the rest is counted" },
  [LIMIT_LINE_CHARACTERS]
  = { "line-characters", IM_LINE_CHARACTERS, 1, 1 << 20, 1,
      "longest line that read-short-line reads, in characters" },
  [LIMIT_DATAGRAM_BYTES]
  = { "datagram-bytes", IM_DATAGRAM_BYTES, 1, IM_DATAGRAM_BYTES, 1,
      "longest datagram, in bytes" },
  [LIMIT_MULTICAST_TTL]
  = { "multicast-ttl", IM_MULTICAST_TTL, 0, 255, 1,
      "routers that a multicast datagram may cross, plus one" },
};
