/* history-verdict.c -- whether a whole history may be

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   See history.h for what is promised.  What a sender was told doesn't say
   which message it is about, only to whom it was.  But it stands between the
   answers to what came before and after, and the messages a sender had from
   itself cut its connection into stretches.  So we count by stretch and
   receiver: no fewer notices than messages that had to be told of, and no
   more than messages that didn't come out.  */

#include "history-record.h"

#include <limits.h>
#include <stdlib.h>

/* What there is to count: messages and notices of one stretch.  */
struct count
{
  struct notice of;
  int must, may, told;          /* must be told of, may be, was */
};

struct counts
{
  struct count *all;
  size_t count, room;
};

static void
count (struct counts *counts, struct count what)
{
  if (counts->count == counts->room)
    {
      counts->room = 2 * counts->room + 256;
      counts->all = must_allocate (counts->all,
                                   counts->room * sizeof *counts->all);
    }
  counts->all[counts->count++] = what;
}

static int
compare (const void *a, const void *b)
{
  const struct notice *x = &((const struct count *) a)->of;
  const struct notice *y = &((const struct count *) b)->of;

  return x->sender != y->sender ? (x->sender > y->sender) * 2 - 1
    : x->stretch != y->stretch ? (x->stretch > y->stretch) * 2 - 1
    : (x->to > y->to) - (x->to < y->to);
}

/* --- What may be lost --------------------------------------------------- */

/* Promise 4a.  */
static bool
may_be_unread (const struct history *history, const struct message *message)
{
  const struct connection *sender = &history->connections[message->sender];

  return sender->reset && message->place > sender->obeyed;
}

/* Promise 4b.  */
static bool
sender_may_not_know (const struct history *history,
                     const struct message *message)
{
  const struct connection *sender = &history->connections[message->sender];

  return sender->reset && message->stretch >= sender->heard;
}

/* Promise 4c: whether NAME had a connection that was reset, from BEFORE,
   whence an earlier message came, to just before NEXT, whence a later one
   did.  */
static bool
receiver_was_reset (const struct history *history, int name, int before,
                    int next)
{
  for (int i = 0; i < history->connection_count; i++)
    {
      const struct connection *connection = &history->connections[i];

      if (connection->name == name && connection->turn > 0
          && connection->reset && connection->turn >= before
          && connection->turn < next)
        return true;
    }
  return false;
}

static void
look_at_pair (struct history *history, int from, int to,
              struct counts *counts)
{
  const struct pair *pair = &history->pairs[from][to];
  int next = INT_MAX;           /* the turn of the next that came out */

  for (size_t i = pair->count; i-- > 0;)
    {
      const struct message *message = &pair->messages[i];
      int before = 0;

      if (message->receiver != NOBODY)
        {
          next = history->connections[message->receiver].turn;
          continue;
        }
      for (size_t j = i; j-- > 0 && before == 0;)
        if (pair->messages[j].receiver != NOBODY)
          before = history->connections[pair->messages[j].receiver].turn;
      history->lost++;
      if (before == next)
        {
          if (!may_be_unread (history, message))
            history_problem (history, "message %ld from %s to %s: lost amid "
                             "others", message->number, history->names[from],
                             history->names[to]);
          continue;
        }
      count (counts, (struct count)
        { .of = { message->sender, message->stretch, to }, .may = 1,
          .must = !sender_may_not_know (history, message)
                  && !receiver_was_reset (history, to, before, next) });
    }
}

/* --- Whether the sender was told ---------------------------------------- */

static void
judge (struct history *history, const struct count *sum)
{
  const char *to = history->names[sum->of.to];

  if (sum->told < sum->must)
    history_problem (history, "connection %d: %d messages to %s lost, and "
                     "the sender was told of %d", sum->of.sender, sum->must,
                     to, sum->told);
  if (sum->told > sum->may)
    history_problem (history, "connection %d: the sender was told that %d "
                     "messages to %s were lost, but %d were", sum->of.sender,
                     sum->told, to, sum->may);
}

static void
judge_all (struct history *history, struct counts *counts)
{
  size_t i = 0;

  if (counts->count > 0)
    qsort (counts->all, counts->count, sizeof *counts->all, compare);
  while (i < counts->count)
    {
      struct count sum = counts->all[i++];

      for (; i < counts->count && compare (&sum, &counts->all[i]) == 0; i++)
        {
          sum.must += counts->all[i].must;
          sum.may += counts->all[i].may;
          sum.told += counts->all[i].told;
        }
      judge (history, &sum);
    }
}

int
history_finish (struct history *history)
{
  struct counts counts = { 0 };

  for (int i = 0; i < history->connection_count; i++)
    {
      const struct connection *connection = &history->connections[i];

      if (connection->opened && !connection->ended)
        history_problem (history, "connection %d was still open at the end",
                         i);
      if (connection->turn > 0 && connection->reset)
        history->resets++;
      else if (connection->turn > 0)
        history->orderly++;
    }
  for (int from = 0; from < history->name_count; from++)
    for (int to = 0; to < history->name_count; to++)
      look_at_pair (history, from, to, &counts);
  for (size_t i = 0; i < history->notice_count; i++)
    count (&counts, (struct count) { .of = history->notices[i], .told = 1 });
  judge_all (history, &counts);
  free (counts.all);
  return history->problems;
}

void
history_describe (const struct history *history, FILE *port)
{
  fprintf (port, "%ld messages came out, %ld did not and %zu were told of; "
           "%d connections enrolled, %d ended orderly, %d were reset; "
           "%d problems\n", history->delivered, history->lost,
           history->notice_count, history->turns, history->orderly,
           history->resets, history->problems);
}
