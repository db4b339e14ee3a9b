/* stream.c -- a connection: what is ready, and bytes in

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Bytes out are in stream-output.c; how a stream begins and ends is in
   stream-life.c.  */

#include "stream.h"

#include "limits.h"
#include "stream-life.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* --- What is ready ----------------------------------------------------- */

bool
stream_readable (const struct stream *stream)
{
  return !stream->connecting && !stream->closing && !stream->stalled
         && !stream_paused (stream)
         && (buffer_size (&stream->input) > 0 || stream->eof
             || stream->error != 0);
}

bool
stream_writable (const struct stream *stream)
{
  return !stream->connecting && !stream->closing
         && (stream->error != 0 || stream_unsent (stream) == 0);
}

void
stream_begin_turn (struct stream *stream)
{
  stream->turn_requests = stream->turn_bytes = stream->turn_seen = 0;
}

bool
stream_turn_continues (struct stream *stream)
{
  bool took_some = stream->turn_bytes > stream->turn_seen;
  bool wants_more = stream_readable (stream);
  bool used_up = stream->turn_requests >= limit_of (LIMIT_TURN_REQUESTS)
                 || stream->turn_bytes >= limit_of (LIMIT_TURN_BYTES);

  stream->turn_seen = stream->turn_bytes;
  if (took_some && (used_up || !wants_more))
    stream_count_turn (stream, wants_more);
  return took_some && wants_more && !used_up;
}

static void
became_ready (struct stream *stream)
{
  stream->stalled = false;
  source_is_ready (reactor_of ((uv_handle_t *) &stream->poll),
                   &stream->source);
}

/* --- Input ------------------------------------------------------------- */

/* How much may wait in `input': one request of the largest size fits.  */
static size_t
input_room (const struct stream *stream)
{
  size_t limit = stream->request_limit > IM_INPUT_BYTES
                 ? stream->request_limit : IM_INPUT_BYTES;
  size_t size = buffer_size (&stream->input);

  return size < limit ? limit - size : 0;
}

bool
stream_wants_input (const struct stream *stream)
{
  return !stream->eof && !stream_paused (stream)
         && (stream->closing || input_room (stream) > 0);
}

ssize_t
stream_receive_some (struct stream *stream)
{
  struct reactor *reactor = reactor_of ((uv_handle_t *) &stream->poll);
  size_t room = stream->closing ? IM_INPUT_BYTES : input_room (stream);
  ssize_t count;

  if (room > IM_INPUT_BYTES)
    room = IM_INPUT_BYTES;
  if (room == 0 || stream->eof)
    return -EAGAIN;
  do
    count = recv (stream->fd, reactor->scratch, room, 0);
  while (count < 0 && errno == EINTR);

  if (count < 0)
    return -errno;
  if (!stream->closing
      && buffer_append (&stream->input, reactor->scratch, count) < 0)
    return -ENOMEM;
  return count;
}

void
stream_receive (struct stream *stream)
{
  ssize_t count = stream_receive_some (stream);

  if (count < 0 && count != -EAGAIN)
    stream_fail (stream, count);
  else if (count == 0)
    stream_ended (stream);
  else if (count > 0 && !stream->closing)
    became_ready (stream);
  stream_poll (stream);
}

/* The front of `input' or its limit is another.  */
static void
scan_anew (struct stream *stream)
{
  frame_reset (&stream->frame);
  stream->line_scanned = 0;
}

/* Bytes were taken: there is room again.  */
static void
took (struct stream *stream, size_t count)
{
  stream->turn_bytes += count;
  buffer_consume (&stream->input, count);
  scan_anew (stream);
  stream_poll (stream);
}

/* What was not enough may now be, or be too much.  */
static void
see_again (struct stream *stream)
{
  if (!stream->stalled)
    return;
  stream->stalled = false;
  if (stream_readable (stream))
    became_ready (stream);
}

/* Leading white space is no reason to keep memory.  */
static void
drop_space (struct stream *stream)
{
  size_t space = frame_drop_space (&stream->frame);

  stream->turn_bytes += space;
  stream->line_scanned = 0;
  buffer_consume (&stream->input, space);
  stream_poll (stream);
}

enum frame_status
stream_next_frame (struct stream *stream, const uint8_t **bytes, size_t *size)
{
  struct buffer *input = &stream->input;
  struct frame *frame = &stream->frame;

  if (stream_paused (stream))
    return FRAME_INCOMPLETE;
  enum frame_status status
    = frame_scan (frame, buffer_bytes (input), buffer_size (input),
                  stream->request_limit);
  if (status == FRAME_INCOMPLETE)
    drop_space (stream);
  if (status == FRAME_INCOMPLETE && stream->eof)
    status = frame_at_end_of_input (frame);
  if (status == FRAME_INCOMPLETE)
    stream->stalled = !stream->eof && stream->error == 0;
  else if (status == FRAME_COMPLETE)
    {
      *bytes = buffer_bytes (input) + frame_start (frame);
      *size = frame_end (frame) - frame_start (frame);
    }
  return status;
}

enum frame_status
stream_next_line (struct stream *stream, const uint8_t **bytes, size_t *size)
{
  size_t queued = buffer_size (&stream->input);
  bool full = queued >= stream->request_limit;
  /* A line break beyond the limit is too late, though it be there.  */
  size_t count = full ? stream->request_limit : queued;
  size_t scanned = stream->line_scanned;
  const uint8_t *end = NULL;

  if (stream_paused (stream))
    return FRAME_INCOMPLETE;
  *bytes = buffer_bytes (&stream->input);
  if (count > scanned)
    end = memchr (*bytes + scanned, '\n', count - scanned);
  if (end != NULL)
    {
      *size = end - *bytes;
      return FRAME_COMPLETE;
    }
  stream->line_scanned = count;
  if (full)
    return FRAME_TOO_LONG;
  stream->stalled = !stream->eof && stream->error == 0;
  return FRAME_INCOMPLETE;
}

void
stream_consume (struct stream *stream, size_t count)
{
  stream->turn_requests++;
  took (stream, count);
  stream_count_request (stream);
}

void
stream_consume_frame (struct stream *stream)
{
  stream_consume (stream, frame_end (&stream->frame));
}

size_t
stream_take (struct stream *stream, uint8_t *bytes, size_t count)
{
  size_t size = buffer_size (&stream->input);

  if (count > size)
    count = size;
  if (count == 0)
    return 0;
  memcpy (bytes, buffer_bytes (&stream->input), count);
  stream->lent = true;
  took (stream, count);
  see_again (stream);
  return count;
}

int
stream_untake (struct stream *stream, const uint8_t *bytes, size_t count)
{
  int status = buffer_push_back (&stream->input, bytes, count);

  stream->lent = false;
  scan_anew (stream);
  if (status == 0 && count > 0)
    became_ready (stream);
  return status;
}

void
stream_set_request_limit (struct stream *stream, uint32_t limit)
{
  stream->request_limit = limit;
  scan_anew (stream);
  stream_poll (stream);
  see_again (stream);
}
