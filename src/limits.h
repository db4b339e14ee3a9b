/* limits.h -- every number that bounds something

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Each with its unit, its default and the reason.  What can differ from
   one stream to the next (a server reads less than a client) lives in the
   stream; here is what it starts with.  */

#ifndef IM_LIMITS_H
#define IM_LIMITS_H

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

/* --- One turn of a connection in a reactor step ------------------------ */

/* A peer that sends without pause gets this much before the others have
   their turn: requests, and bytes.  16 requests cost twice the time per
   message, 256 gain nothing.  */
#define IM_TURN_REQUESTS 64
#define IM_TURN_BYTES (64 * 1024)

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

/* Connections that the kernel completes before we accept them.  A class
   that starts at one signal fits; the kernel trims it to somaxconn.  */
#define IM_BACKLOG 1024

/* --- Time -------------------------------------------------------------- */

/* The IM server's deadlines, in milliseconds: the whole handshake, and
   the rest of a request that has begun.  */
#define IM_HANDSHAKE_MS 10000
#define IM_REQUEST_MS 30000

/* A closed stream may still hold a farewell: so long we try to send it
   and wait for the peer to hang up, in milliseconds.  */
#define IM_LINGER_MS 2000

/* When a process exits, so long it tries to send what is queued.  */
#define IM_FAREWELL_MS 1000

/* TCP keepalive in seconds and probes: a peer that vanished without a
   word is found out after 90 s.  */
#define IM_KEEPALIVE_IDLE_S 60
#define IM_KEEPALIVE_INTERVAL_S 10
#define IM_KEEPALIVE_PROBES 3

/* Longest sleep outside Guile in milliseconds: Ctrl-C is noticed after
   it at the latest.  */
#define IM_UNINTERRUPTED_MS 50

/* No descriptor was free to accept a client: look again after so many
   milliseconds.  The backlog holds them.  */
#define IM_ACCEPT_PAUSE_MS 100

#endif /* IM_LIMITS_H */
