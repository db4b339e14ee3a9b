/* reactor.c -- what is ready, and waiting until something is

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "reactor.h"

#include "descriptor.h"
#include "limits.h"
#include "lookup.h"
#include "stream.h"
#include "timer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* Close what finalizers, which run on a thread of their own, gave back.  */
static void
close_orphans (uv_async_t *wake)
{
  struct reactor *reactor = reactor_of ((uv_handle_t *) wake);

  uv_mutex_lock (&reactor->orphans_lock);
  struct source *orphan = reactor->orphans;
  reactor->orphans = NULL;
  uv_mutex_unlock (&reactor->orphans_lock);

  while (orphan != NULL)
    {
      struct source *next = orphan->next_orphan;
      source_close (reactor, orphan);
      orphan = next;
    }
}

/* libuv ends the process when it can't enlarge its table of descriptors.
   Have it done now, for all that we may open: watch the highest for a
   moment.  Where that fails the table grows as they come.  */
static void
enlarge_table (uv_loop_t *loop)
{
  struct rlimit limit = { .rlim_cur = 0 };
  int low = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  uv_poll_t poll;

  getrlimit (RLIMIT_NOFILE, &limit);
  int count = limit.rlim_cur < IM_TABLE_DESCRIPTORS
              ? limit.rlim_cur : IM_TABLE_DESCRIPTORS;
  int highest = fcntl (low, F_DUPFD_CLOEXEC, count - 1);
  if (uv_poll_init (loop, &poll, highest) == 0)
    {
      uv_poll_start (&poll, UV_READABLE, NULL);
      uv_close ((uv_handle_t *) &poll, NULL);
      uv_run (loop, UV_RUN_NOWAIT);     /* until it is closed */
    }
  close (highest);
  close (low);
}

int
reactor_init (struct reactor *reactor)
{
  int status;

  *reactor = (struct reactor) { 0 };
  reactor->ready.next = reactor->ready.previous = &reactor->ready;
  reactor->scratch = malloc (IM_INPUT_BYTES);
  if (reactor->scratch == NULL)
    return -ENOMEM;
  if ((status = uv_loop_init (&reactor->loop)) < 0)
    {
      free (reactor->scratch);
      return status;
    }
  reactor->loop.data = reactor;
  /* What follows needs nothing of the system: it can't fail.  */
  uv_mutex_init (&reactor->orphans_lock);
  uv_timer_init (&reactor->loop, &reactor->bound);
  uv_timer_init (&reactor->loop, &reactor->linger);
  uv_timer_init (&reactor->loop, &reactor->rate);
  uv_async_init (&reactor->loop, &reactor->wake, close_orphans);
  enlarge_table (&reactor->loop);
  return 0;
}

struct reactor *
reactor_of (const uv_handle_t *handle)
{
  return handle->loop->data;
}

void
reactor_flush (struct reactor *reactor)
{
  while (reactor->unflushed != NULL)
    stream_flush (reactor->unflushed);
}

static void
do_nothing (uv_timer_t *timer)
{
  (void) timer;
}

void
reactor_run (struct reactor *reactor, uint64_t timeout_ms)
{
  uv_update_time (&reactor->loop);
  /* A timer that is due fires before libuv sleeps, and ends no sleep.  */
  if (timeout_ms == 0 || uv_backend_timeout (&reactor->loop) == 0)
    {
      uv_run (&reactor->loop, UV_RUN_NOWAIT);
      return;
    }
  /* Nor does the bound, should it be due by then: so it is repeated.  */
  uv_timer_start (&reactor->bound, do_nothing, timeout_ms, 1);
  uv_run (&reactor->loop, UV_RUN_ONCE);
  uv_timer_stop (&reactor->bound);
}

int
reactor_timeout_ms (struct reactor *reactor)
{
  uv_update_time (&reactor->loop);
  return uv_backend_timeout (&reactor->loop);
}

int
reactor_ready_count (const struct reactor *reactor)
{
  int count = 0;

  for (const struct source *source = reactor->ready.next;
       source != &reactor->ready; source = source->next)
    count++;
  return count;
}

void
reactor_drain (struct reactor *reactor, uint64_t timeout_ms)
{
  uv_update_time (&reactor->loop);
  uint64_t end = uv_now (&reactor->loop) + timeout_ms;

  reactor_flush (reactor);
  while (stream_any_unsent (reactor) && uv_now (&reactor->loop) < end)
    reactor_run (reactor, end - uv_now (&reactor->loop));
}

void
reactor_hand_back (struct reactor *reactor, struct source *source)
{
  uv_mutex_lock (&reactor->orphans_lock);
  source->next_orphan = reactor->orphans;
  reactor->orphans = source;
  uv_mutex_unlock (&reactor->orphans_lock);
  uv_async_send (&reactor->wake);
}

/* --- The ready queue --------------------------------------------------- */

static void
append (struct reactor *reactor, struct source *source)
{
  source->next = &reactor->ready;
  source->previous = reactor->ready.previous;
  source->previous->next = source;
  reactor->ready.previous = source;
}

struct source *
reactor_next (struct reactor *reactor)
{
  struct source *source = reactor->ready.next;

  while (source != &reactor->ready
         && !source_ready (source, source->interest))
    {
      source_unlink (source);
      source = reactor->ready.next;
    }
  if (source == &reactor->ready)
    return NULL;
  source_unlink (source);
  append (reactor, source);
  if (source->kind == SOURCE_STREAM)
    stream_begin_turn ((struct stream *) source);
  return source;
}

void
source_init (struct source *source, enum source_kind kind)
{
  *source = (struct source) { .kind = kind, .slot = -1 };
}

void
source_set_interest (struct reactor *reactor, struct source *source,
                     int interest)
{
  source->interest = interest;
  if (source->kind == SOURCE_DESCRIPTOR)
    descriptor_poll ((struct descriptor *) source);
  if (source_ready (source, interest))
    source_is_ready (reactor, source);
  else
    source_unlink (source);
}

void
source_is_ready (struct reactor *reactor, struct source *source)
{
  if (source->interest != 0 && source->next == NULL)
    append (reactor, source);
}

bool
source_ready (const struct source *source, int interest)
{
  const struct stream *stream = (const struct stream *) source;

  if (source->kind == SOURCE_STREAM)
    return ((interest & INTEREST_READ) && stream_readable (stream))
           || ((interest & INTEREST_WRITE) && stream_writable (stream));
  if (source->kind == SOURCE_DESCRIPTOR)
    return descriptor_ready ((const struct descriptor *) source, interest);
  if (!(interest & INTEREST_READ))
    return false;
  if (source->kind == SOURCE_TIMER)
    return ((const struct timer *) source)->fired;
  return ((const struct lookup *) source)->done;
}

void
source_settle (struct source *source)
{
  if (!source_ready (source, source->interest))
    source_unlink (source);
}

void
source_unlink (struct source *source)
{
  if (source->next == NULL)
    return;
  source->previous->next = source->next;
  source->next->previous = source->previous;
  source->next = source->previous = NULL;
}

void
source_close (struct reactor *reactor, struct source *source)
{
  source->interest = 0;
  source_unlink (source);
  switch (source->kind)
    {
    case SOURCE_STREAM:
      stream_close (reactor, (struct stream *) source);
      break;
    case SOURCE_DESCRIPTOR:
      descriptor_close ((struct descriptor *) source);
      break;
    case SOURCE_TIMER:
      timer_close ((struct timer *) source);
      break;
    case SOURCE_LOOKUP:
      lookup_close ((struct lookup *) source);
      break;
    }
}
