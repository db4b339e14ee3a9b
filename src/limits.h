/* limits.h -- every number that bounds something

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Each with its unit, its default and the reason.  What can differ from
   one stream to the next (a server reads less than a client) lives in the
   stream; here is what it starts with.  What can be changed while a
   program runs is a row of the table in limits.c.  */

#ifndef IM_LIMITS_H
#define IM_LIMITS_H

#include <stdint.h>

/* --- One request ------------------------------------------------------ */

/* What a server reads as one request, in bytes.  A message a person types
   is a hundred; a screenful of homework is four thousand.  */
#define IM_SERVER_REQUEST_BYTES (64 * 1024)

/* What a client reads as one request, in bytes.  It chose its server, and
   client lists grow with the class.  */
#define IM_CLIENT_REQUEST_BYTES (4 * 1024 * 1024)

/* Open parentheses and quotations inside each other, the request's own
   parenthesis included.  Guile prints recursively on the C stack: data
   nested 30,000 deep kills the process that prints it.  */
#define IM_DATUM_DEPTH 64

/* Characters of one number.  500 KB of digits take Guile five seconds.  */
#define IM_NUMBER_CHARACTERS 32

/* Characters of a person's name: it must fit a line beside its text.  */
#define IM_NAME_CHARACTERS 32

/* Characters of a line that a program reads from a stranger: a name, a
   command.  RFC 5321 has 512 bytes, and one screenful of text is more.  */
#define IM_LINE_CHARACTERS 1024

/* --- One turn of a connection in a reactor step ------------------------ */

/* A peer that sends without pause gets this much before the others have
   their turn: requests, and bytes.  16 requests cost twice the time per
   message, 256 gain nothing.  */
#define IM_TURN_REQUESTS 64
#define IM_TURN_BYTES (64 * 1024)

/* A stream that uses up so many turns one after the other is a flood.  While
   others say little and often, it rests after each, in milliseconds: 64
   requests take 0.2 ms, so that the others lose a twentieth of their time,
   and the flood is still served 10,000 times a second.  Who waits for an
   answer has fewer than 8 turns of requests under way.  Others who have said
   nothing for so many milliseconds don't count.  */
#define IM_FLOOD_TURNS 8
#define IM_FLOOD_REST_MS 5
#define IM_FLOOD_MEMORY_MS 100

/* Requests per second that one client may send for long, and how many at
   once before that counts.  A person types one a second; 0 is no limit,
   the default: a lab may want to see how fast it goes.  */
#define IM_RATE_REQUESTS 0
#define IM_RATE_BURST 40

/* --- Queues ------------------------------------------------------------ */

/* Received bytes that wait for a handler, per stream.  Past it we stop
   reading and TCP slows the sender down; nothing is dropped.  A request
   that may be longer raises it for its stream.  */
#define IM_INPUT_BYTES (64 * 1024)

/* Bytes queued on a bare socket before who prints to it waits.  */
#define IM_OUTPUT_WAIT_BYTES (64 * 1024)

/* Bytes queued for a client of the IM server before it is dropped: a
   stopped reader must not cost the server its memory.  */
#define IM_OUTPUT_DROP_BYTES (256 * 1024)

/* What one datagram carries, in bytes: 65,535 less the headers of IPv4 and
   UDP.  How many wait to be received is the kernel's business; what it has
   no room for is lost, as UDP allows.  */
#define IM_DATAGRAM_BYTES 65507

/* Networks that a multicast crosses: it stays in this one, where the
   people in the room are.  */
#define IM_MULTICAST_TTL 1

/* Connections that the kernel completes before we accept them.  A class
   that starts at one signal fits; the kernel trims it to somaxconn.  */
#define IM_BACKLOG 1024

/* Descriptors of `ulimit -n' that connections leave for everything else:
   the prompt must be able to load a file while the server is full.  */
#define IM_SPARE_DESCRIPTORS 32

/* Lines of a log in one second; the rest is counted.  A person can't read
   more, and a peer that is refused must not fill a disk.  */
#define IM_LOG_LINES 100

/* Descriptors that libuv's table has room for from the start, if the
   process may open so many: 8 bytes each.  Beyond them the table grows when
   it must, and if memory is out just then, libuv ends the process.  */
#define IM_TABLE_DESCRIPTORS 32766

/* --- Memory of a server ------------------------------------------------ */

/* The collector runs whenever a part of the heap, one divided by this, was
   allocated since it did; Guile has 3.  While clients come, 24: what each
   keeps takes half of the space, at a tenth more work.  While none do, 1:
   with 24 the collector had a twentieth of a server's time.  */
#define IM_ARRIVALS_DIVISOR 24
#define IM_SERVING_DIVISOR 1

/* Reactor steps in which nobody came, after which nobody is coming.  */
#define IM_STEPS_ALONE 64

/* A server that has nothing to do collects if so many bytes were allocated
   since the collector ran: those of a thousand messages.  */
#define IM_TIDY_BYTES (256 * 1024)

/* --- Time -------------------------------------------------------------- */

/* The IM server's deadlines, in milliseconds: the whole handshake, and
   the rest of a request that has begun.  */
#define IM_HANDSHAKE_MS 10000
#define IM_REQUEST_MS 30000

/* A closed stream may still hold a farewell: so long we try to send it
   and wait for the peer to hang up, in milliseconds.  A reader so slow
   that it hasn't taken all by then loses the rest.  */
#define IM_LINGER_MS 2000

/* So long who says farewell waits for the answer, in milliseconds.  */
#define IM_FAREWELL_MS 2000

/* When a process exits, so long it tries to send what is queued.  */
#define IM_EXIT_MS 1000

/* TCP keepalive in seconds and probes: a peer that vanished without a
   word is found out after 90 s.  */
#define IM_KEEPALIVE_IDLE_S 60
#define IM_KEEPALIVE_INTERVAL_S 10
#define IM_KEEPALIVE_PROBES 3

/* A handler may finish before Ctrl-C stops it, so long at most, in
   milliseconds: a person wants the prompt back within 100.  */
#define IM_INTERRUPT_MS 50

/* Longest sleep outside Guile in milliseconds: Ctrl-C is noticed after
   it at the latest.  */
#define IM_UNINTERRUPTED_MS 50

/* No descriptor was free to accept a client: look again after so many
   milliseconds.  The backlog holds them.  */
#define IM_ACCEPT_PAUSE_MS 100

/* Milliseconds between two looks at the clients that have sent too much:
   who is late waits no longer than this.  */
#define IM_RATE_LOOK_MS 5

/* --- What can be changed while a program runs -------------------------- */

enum limit
{
  LIMIT_REQUEST_BYTES,
  LIMIT_CLIENT_REQUEST_BYTES,
  LIMIT_NESTING,
  LIMIT_NUMBER_CHARACTERS,
  LIMIT_NAME_CHARACTERS,
  LIMIT_HANDSHAKE_MS,
  LIMIT_REQUEST_MS,
  LIMIT_FAREWELL_MS,
  LIMIT_INTERRUPT_MS,
  LIMIT_OUTPUT_BYTES,
  LIMIT_TURN_REQUESTS,
  LIMIT_TURN_BYTES,
  LIMIT_RATE_REQUESTS,
  LIMIT_RATE_BURST,
  LIMIT_CONNECTIONS,
  LIMIT_KEEPALIVE_IDLE_S,
  LIMIT_KEEPALIVE_INTERVAL_S,
  LIMIT_KEEPALIVE_PROBES,
  LIMIT_LOG_LINES,
  LIMIT_LINE_CHARACTERS,
  LIMIT_DATAGRAM_BYTES,
  LIMIT_MULTICAST_TTL,
  LIMITS
};

struct limit_row
{
  const char *name;             /* how Scheme calls it */
  uint32_t value;
  uint32_t least, most;         /* what it can be set to */
  uint32_t scale;               /* VALUE counts 1/scale of what NAME says */
  const char *meaning;
};

extern struct limit_row limits[LIMITS];

static inline uint32_t
limit_of (enum limit which)
{
  return limits[which].value;
}

#endif /* IM_LIMITS_H */
