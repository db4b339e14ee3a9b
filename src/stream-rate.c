/* stream-rate.c -- a connection that sends too much waits

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   The generic cell rate algorithm (ITU-T I.371): each request moves the
   time at which the stream would be even with its rate; who is ahead of
   the clock by more than the burst is paused until that is no longer so.
   What a paused stream has received stays where it is, and TCP slows its
   peer down: nothing is dropped.

   Without a rate, too, a stream can send too much: its turns take the time
   that others need for theirs.  One that uses up turn after turn rests after
   each, if a moment ago another took all it had.  It is for such others
   alone: a flood among floods, or with nobody else there, never rests.  */

#include "stream.h"

#include "limits.h"
#include "stream-life.h"

static uint64_t
microseconds (const struct reactor *reactor)
{
  return uv_now (&reactor->loop) * 1000;
}

/* How long STREAM, which has a rate, may be ahead of the clock.  */
static uint64_t
burst_us (const struct stream *stream)
{
  return UINT64_C (1000000) * stream->rate_burst / stream->rate_requests;
}

static void
resume (struct stream *stream)
{
  stream_unlink_paused (stream);
  if (stream_readable (stream))
    source_is_ready (reactor_of ((uv_handle_t *) &stream->poll),
                     &stream->source);
  stream_poll (stream);
}

static void
look_at_paused (uv_timer_t *timer)
{
  struct reactor *reactor = reactor_of ((uv_handle_t *) timer);
  struct stream *stream = reactor->paused;

  while (stream != NULL)
    {
      struct stream *next = stream->next_paused;
      if (stream->paused_until_us <= microseconds (reactor))
        resume (stream);
      stream = next;
    }
  if (reactor->paused == NULL)
    uv_timer_stop (timer);
}

static void
pause_stream (struct reactor *reactor, struct stream *stream,
              uint64_t until_us)
{
  stream->paused_until_us = until_us;
  stream->next_paused = reactor->paused;
  stream->paused_link = &reactor->paused;
  if (reactor->paused != NULL)
    reactor->paused->paused_link = &stream->next_paused;
  reactor->paused = stream;
  stream_poll (stream);
  if (!uv_is_active ((uv_handle_t *) &reactor->rate))
    uv_timer_start (&reactor->rate, look_at_paused, IM_RATE_LOOK_MS,
                    IM_RATE_LOOK_MS);
}

void
stream_unlink_paused (struct stream *stream)
{
  if (!stream_paused (stream))
    return;
  *stream->paused_link = stream->next_paused;
  if (stream->next_paused != NULL)
    stream->next_paused->paused_link = stream->paused_link;
  stream->paused_link = NULL;
}

void
stream_set_rate (struct stream *stream, uint32_t requests, uint32_t burst)
{
  stream->rate_requests = requests;
  stream->rate_burst = burst;
}

void
stream_lift_rate (struct stream *stream)
{
  stream->rate_requests = 0;
  stream_unlink_paused (stream);
}

void
stream_count_request (struct stream *stream)
{
  struct reactor *reactor = reactor_of ((uv_handle_t *) &stream->poll);

  if (stream->rate_requests == 0)
    return;
  uint64_t now = microseconds (reactor);
  if (stream->even_us < now)
    stream->even_us = now;
  stream->even_us += 1000000 / stream->rate_requests;
  if (stream->even_us > now + burst_us (stream) && !stream_paused (stream))
    pause_stream (reactor, stream, stream->even_us - burst_us (stream));
}

void
stream_count_turn (struct stream *stream, bool wants_more)
{
  struct reactor *reactor = reactor_of ((uv_handle_t *) &stream->poll);
  uint64_t now = microseconds (reactor);

  if (!wants_more)
    {
      reactor->short_turn_us = now;
      stream->full_turns = 0;
    }
  else if (++stream->full_turns >= IM_FLOOD_TURNS
           && now < reactor->short_turn_us + 1000 * IM_FLOOD_MEMORY_MS)
    pause_stream (reactor, stream, now + 1000 * IM_FLOOD_REST_MS);
}
