/* timer.h -- a source that becomes ready once, after a while

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#ifndef IM_TIMER_H
#define IM_TIMER_H

#include "reactor.h"

struct timer
{
  struct source source;
  uv_timer_t handle;
  bool fired;                   /* the time has passed */
};

/* Return a timer that is ready after DELAY_MS, or NULL when memory is
   out.  */
struct timer *timer_new (struct reactor *reactor, uint64_t delay_ms);

void timer_close (struct timer *timer);

#endif /* IM_TIMER_H */
