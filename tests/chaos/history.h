/* history.h -- what came into a server and out of it, and whether that may be

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   A history is what happened on all connections of a server, in order:
   which bytes reached the server's side of a connection, which came out of
   it, how it ended.  Clients enrol, and each message they send is a string
   that begins with a number, which grows from one message to the next of
   the same sender and receiver: (ann bob send-msg "17 ...").

   What is promised, and checked:

   1. A message comes out of the connection of who it is for, with the
      bytes it had, after it came in; once; and in the order of its numbers.
      What came in without its end doesn't come out.
   2. If it doesn't come out, its sender is told: "User not found ..." or
      "Not delivered ..." comes out of the connection it came in by, between
      the answers to what came in before and after it; and who is told so
      didn't get it.
   3. A connection that ended orderly (by FIN) loses nothing, whichever side
      began, and though the end stood in the middle of a request: all that
      came in before is obeyed, and all that the server said comes out.
   4. A connection that was reset loses what was under way, for so does TCP:
      of what came in, and of what came out, the end may be missing, and
      never the middle.  So a message may be lost without a word
      a. if it came in by a connection that was reset, and nothing later on
         that connection was obeyed: it wasn't read; or
      b. if it came in by a connection that was reset, the receiver may have
         been away, and nothing that the sender later sent to itself came
         out of that connection: it was the notice that was lost; or
      c. if its receiver had a connection that was reset after the last that
         an earlier message of this sender came out of began, and before the
         first that a later one came out of.
   5. The server hangs up on nobody who didn't ask for it by logout, or by
      a name that is taken.  */

#ifndef CHAOS_HISTORY_H
#define CHAOS_HISTORY_H

#include <stddef.h>
#include <stdio.h>

enum event
{
  EVENT_OPEN = 'O',             /* a connection to the server */
  EVENT_IN = 'U',               /* bytes reached the server's side */
  EVENT_OUT = 'D',              /* bytes came out of the server */
  EVENT_FINISH = 'F',           /* no more bytes come in, orderly */
  EVENT_END = 'E',              /* no more bytes come out, orderly */
  EVENT_RESET = 'R',            /* we broke the connection */
  EVENT_BROKEN = 'B'            /* the server did */
};

struct history;

/* REPORT is where problems are told; NULL: nowhere.  */
struct history *history_new (FILE *report);
void history_event (struct history *history, enum event event, int connection,
                    const char *bytes, size_t size);

/* Nothing happens any more: look at the whole.  Return how many problems
   there were from the beginning.  */
int history_finish (struct history *history);

/* What a finished history had, in words and figures.  */
void history_describe (const struct history *history, FILE *port);
void history_free (struct history *history);

#endif /* CHAOS_HISTORY_H */
