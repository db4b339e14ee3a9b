/* stream-life.h -- what the four files about streams know of each other

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#ifndef IM_STREAM_LIFE_H
#define IM_STREAM_LIFE_H

#include "stream.h"

/* In stream.c.  */
bool stream_wants_input (const struct stream *stream);
void stream_receive (struct stream *stream);

/* Receive what fits.  Return how much, 0 at the end, or a negative
   errno.  */
ssize_t stream_receive_some (struct stream *stream);

/* In stream-output.c.  */
void stream_unlink_unflushed (struct stream *stream);
void stream_forget_latest (struct stream *stream);

/* In stream-rate.c.  */

/* One more request was taken: pause STREAM when that is too many.  */
void stream_count_request (struct stream *stream);
void stream_unlink_paused (struct stream *stream);

/* No more will come than is here: that counts no longer, so that who has
   left isn't kept for its sake.  */
void stream_lift_rate (struct stream *stream);

/* In stream-life.c.  */

/* Poll for just what the stream can use now.  */
void stream_poll (struct stream *stream);

/* The peer sends no more.  */
void stream_ended (struct stream *stream);

/* All output is sent.  */
void stream_drained (struct stream *stream);

#endif /* IM_STREAM_LIFE_H */
