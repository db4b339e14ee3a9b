/* descriptor.h -- a source that is ready while a descriptor is readable

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Polled only while somebody watches, so that a listener nobody accepts
   from costs nothing.  Reading is left to the owner of the descriptor.  */

#ifndef IM_DESCRIPTOR_H
#define IM_DESCRIPTOR_H

#include "reactor.h"

struct descriptor
{
  struct source source;
  uv_poll_t poll;
  int fd;
  uv_timer_t pause;             /* ends it */
  bool paused;                  /* not polled, whoever watches */
};

/* Watch over FD, which belongs to the result from now on.  Return 0, or a
   negative errno (-EPERM: a file that can't be polled) and FD is the
   caller's still.  */
int descriptor_new (struct reactor *reactor, int fd,
                    struct descriptor **result);

/* Poll for what somebody is interested in, or not at all.  */
void descriptor_poll (struct descriptor *descriptor);

/* Don't poll for PAUSE_MS, whoever watches.  */
void descriptor_pause (struct descriptor *descriptor, uint64_t pause_ms);

/* Whether a read or a write, one of those in INTEREST, would not block
   now.  */
bool descriptor_ready (const struct descriptor *descriptor, int interest);

/* Close the descriptor at once: a listener's port is free again.  */
void descriptor_close (struct descriptor *descriptor);

#endif /* IM_DESCRIPTOR_H */
