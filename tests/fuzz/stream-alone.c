/* stream-alone.c -- what lies around the files that are fuzzed

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   src/stream.c tells its socket and its reactor that it has room or is
   ready: here are none.  */

#include "builder.h"
#include "datum.h"
#include "reference.h"
#include "stream-life.h"
#include "stream.h"

void
stream_poll (struct stream *stream)
{
  (void) stream;
}

void
source_is_ready (struct reactor *reactor, struct source *source)
{
  (void) reactor;
  (void) source;
}

void
stream_fail (struct stream *stream, int error)
{
  (void) stream;
  (void) error;
  holds (false, "no stream fails without a socket");
}

void
stream_count_request (struct stream *stream)
{
  (void) stream;
}

void
stream_count_turn (struct stream *stream, bool wants_more)
{
  (void) stream;
  (void) wants_more;
}

void
stream_ended (struct stream *stream)
{
  (void) stream;
  holds (false, "no stream ends without a socket");
}

size_t
stream_unsent (const struct stream *stream)
{
  return buffer_size (&stream->output);
}

struct reactor *
reactor_of (const uv_handle_t *handle)
{
  (void) handle;
  return NULL;
}

void
error_bad_datum (enum datum_status status)
{
  holds (false, datum_status_name (status));
}
