/* reactor.h -- what is ready, and waiting until something is

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   A source is anything that can become ready: a stream, a listener, a
   timer, a name look-up.  libuv's callbacks move bytes and put their
   source on the ready queue; who dispatches takes it from there.  Nothing
   here calls a handler.

   A source stays in the queue until it is settled: found drained.  So a
   handler that is left in the middle, by an error or by Ctrl-C, loses no
   wake-up.  */

#ifndef IM_REACTOR_H
#define IM_REACTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

enum source_kind
{
  SOURCE_STREAM,
  SOURCE_DESCRIPTOR,            /* a listener, a datagram socket, or
                                   somebody's port */
  SOURCE_TIMER,
  SOURCE_LOOKUP
};

/* What somebody waits for.  */
enum interest
{
  INTEREST_READ = 1,
  INTEREST_WRITE = 2            /* of a stream: all output is sent */
};

/* The first member of everything that can become ready.  */
struct source
{
  enum source_kind kind;
  int interest;                 /* 0: never in the ready queue */
  int slot;                     /* who watches it, for who dispatches */
  struct source *next;          /* in the ready queue, NULL: not queued */
  struct source *previous;
  struct source *next_orphan;   /* on its way back from a finalizer */
};

struct stream;

struct reactor
{
  uv_loop_t loop;
  uv_async_t wake;              /* also keeps the loop from being idle */
  uv_timer_t bound;             /* ends a sleep */
  uv_timer_t linger;            /* looks after closed streams */
  uv_timer_t rate;              /* looks after paused streams */
  struct source ready;          /* head of the queue */
  struct stream *unflushed;     /* streams that got output in this step */
  struct stream *lingering;     /* closed, but not yet said farewell */
  struct stream *paused;        /* have sent too much */
  uint64_t short_turn_us;       /* when a stream last took all it had */
  uint32_t streams;             /* how many there are */
  uv_mutex_t orphans_lock;
  struct source *orphans;       /* handed back by finalizers */
  uint8_t *scratch;             /* IM_INPUT_BYTES to receive into */
};

/* Return 0 or a negative errno.  A reactor lives as long as its process:
   there is no way to free one.  */
int reactor_init (struct reactor *reactor);

/* Send what is queued for each stream, as far as the kernel takes it.  */
void reactor_flush (struct reactor *reactor);

/* Let libuv work: at once what is there (TIMEOUT_MS 0), or wait so long
   until something is.  */
void reactor_run (struct reactor *reactor, uint64_t timeout_ms);

/* Milliseconds until the next timer; negative: there is none.  */
int reactor_timeout_ms (struct reactor *reactor);

/* How many sources are ready.  */
int reactor_ready_count (const struct reactor *reactor);

/* The source that has waited longest, now the last in the queue; NULL
   when none is ready.  Those that no longer are leave the queue.  */
struct source *reactor_next (struct reactor *reactor);

/* Flush and wait, TIMEOUT_MS in all, until no closed stream has anything
   left to send.  For the end of a process.  */
void reactor_drain (struct reactor *reactor, uint64_t timeout_ms);

/* From any thread: close SOURCE when the reactor runs next.  */
void reactor_hand_back (struct reactor *reactor, struct source *source);

struct reactor *reactor_of (const uv_handle_t *handle);

void source_init (struct source *source, enum source_kind kind);

/* Queue SOURCE when it is ready for any of INTEREST.  */
void source_set_interest (struct reactor *reactor, struct source *source,
                          int interest);

/* SOURCE became ready: queue it, if somebody waits for it.  */
void source_is_ready (struct reactor *reactor, struct source *source);

/* Whether SOURCE is ready for any of INTEREST.  */
bool source_ready (const struct source *source, int interest);

/* Take SOURCE from the queue unless it is still ready.  */
void source_settle (struct source *source);

/* Take SOURCE from the queue whatever it has.  */
void source_unlink (struct source *source);

/* Close SOURCE, which nobody may use any more.  */
void source_close (struct reactor *reactor, struct source *source);

#endif /* IM_REACTOR_H */
