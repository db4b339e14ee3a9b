/* load.h -- the parts of the load generator

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   A member is one connection to the server.  In pairs, the even one sends
   and the odd one receives.  */

#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
  NAME_BYTES = 16,
  DIGITS = 10,                  /* of the number each text begins with */
  TEXT_MINIMUM = 32,            /* number, both names and a letter */
  TEXT_MAXIMUM = 4096,
};

struct bytes { char *data; size_t size, room; };

/* Bytes that are the same from one message to the next but for a number.  */
struct numbered { char *data; size_t size, digits_at; };

struct member
{
  int fd, index;
  char name[NAME_BYTES];
  bool joined;
  int listed;                   /* names in the last client list */
  bool wants_output;
  struct bytes input, output;   /* incomplete; unsent */
  struct member *partner;       /* who sends to us, or gets what we send */

  struct numbered request;      /* a sender's next */
  struct numbered delivery;     /* a receiver's next; data NULL: unknown */
  int in_flight;                /* a sender's requests, not yet delivered */
  uint64_t sent, delivered;     /* counts */
  uint64_t *sent_at;            /* ns, for each message in the window */
};

struct protocol
{
  const char *name;
  bool lists_clients;
  /* Say who MEMBER is.  */
  void (*greet) (struct member *member);
  /* Take one message, other than a delivery that was foreseen, from the SIZE
     bytes; return its size, or 0 if it is incomplete.  */
  size_t (*take) (struct member *member, const char *bytes, size_t size);
  /* Print a request to send TEXT, and what its receiver gets (-1: the server
     adds what we can't know).  */
  int (*print_request) (char *to, const struct member *sender,
                        const char *text);
  int (*print_delivery) (char *to, const struct member *receiver,
                         const char *text);
};

const struct protocol *protocol_named (const char *name);

/* load.c: what protocols tell.  */
void member_say (struct member *member, const char *format, ...)
  __attribute__ ((format (printf, 2, 3)));
void member_joined (struct member *member);
void member_listed (struct member *member, int names);
void member_delivered (struct member *member);
void fail (const struct member *member, const char *what, const char *bytes,
           size_t size);
int member_count (void);
void foresee_delivery (struct member *receiver, const char *bytes,
                       size_t size, size_t digits_at);

/* flood.c: MEMBER sends TEXT to its partner for ever.  */
void flood_prepare (const struct member *member,
                    const struct protocol *protocol, const char *text);
void flood_send (const struct member *member);
void flood_receive (const struct member *member);
double flood_requests (void);

/* measure.c */
struct memory { long private_dirty, pss; };     /* kB */

uint64_t now_ns (void);
void measure_process (pid_t pid);
uint64_t server_cpu_ns (void);
struct memory server_memory (void);
void latency_room (size_t count);
void latency_note (uint64_t ns);
double latency_percentile_us (double percent);

#endif
