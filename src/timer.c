/* timer.c -- a source that becomes ready once, after a while

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "timer.h"

#include <stdlib.h>

static void
on_time (uv_timer_t *handle)
{
  struct timer *timer = handle->data;

  timer->fired = true;
  /* libuv runs timers before it polls; it shall not poll for long.  */
  uv_stop (handle->loop);
  source_is_ready (reactor_of ((uv_handle_t *) handle), &timer->source);
}

struct timer *
timer_new (struct reactor *reactor, uint64_t delay_ms)
{
  struct timer *timer = calloc (1, sizeof *timer);

  if (timer == NULL)
    return NULL;
  source_init (&timer->source, SOURCE_TIMER);
  uv_timer_init (&reactor->loop, &timer->handle);
  timer->handle.data = timer;
  /* The loop's clock stands while Scheme computes.  */
  uv_update_time (&reactor->loop);
  uv_timer_start (&timer->handle, on_time, delay_ms, 0);
  return timer;
}

static void
on_close (uv_handle_t *handle)
{
  free (handle->data);
}

void
timer_close (struct timer *timer)
{
  uv_close ((uv_handle_t *) &timer->handle, on_close);
}
