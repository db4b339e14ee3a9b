/* history-record.h -- what a history remembers, for its own files

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#ifndef CHAOS_HISTORY_RECORD_H
#define CHAOS_HISTORY_RECORD_H

#include "bytes.h"
#include "history.h"

#include <stdint.h>

#define NAMES 256
#define NAME_SIZE 40
#define NOBODY (-1)

struct connection
{
  bool opened, ended, reset, finished;
  bool welcome, leaving;        /* heard welcome; said logout, heard sorry */
  int name;                     /* or NOBODY */
  int turn;                     /* of the connections enrolled, from 1; or 0 */
  struct bytes in, out;         /* the beginning of a request */
  int said, heard;              /* messages to itself: in, and out again */
  long sent, obeyed;            /* messages that came in; the last of them
                                   that came out, anywhere */
};

/* One message that came in.  */
struct message
{
  long number;
  char *text;
  size_t size;
  int sender;                   /* the connection it came in by */
  int stretch;                  /* how many to itself came in before, there */
  long place;                   /* how many came in before, and itself */
  int receiver;                 /* the connection it came out of, or NOBODY */
};

/* The messages from one name to another, by their number.  */
struct pair
{
  struct message *messages;
  size_t count, room;
  long last_out;                /* number of the newest that came out */
};

/* A sender was told that a message didn't reach somebody.  */
struct notice
{
  int sender, stretch, to;
};

struct history
{
  FILE *report;
  int problems;
  char names[NAMES][NAME_SIZE];
  int name_count;
  struct connection *connections;
  int connection_count;
  struct pair (*pairs)[NAMES];  /* [from][to] */
  struct notice *notices;
  size_t notice_count, notice_room;
  int turns;
  long delivered, lost;
  int resets, orderly;          /* ends of enrolled connections */
};

void history_problem (struct history *history, const char *template, ...)
  __attribute__ ((format (printf, 2, 3)));

#endif /* CHAOS_HISTORY_RECORD_H */
