/* stream-output.c -- a connection: bytes out

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Output waits until the reactor flushes: once for each step and stream,
   with one system call, however many requests it is.  */

#include "stream.h"

#include "stream-life.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

size_t
stream_unsent (const struct stream *stream)
{
  return buffer_size (&stream->output) + buffer_size (&stream->latest_head)
         + (stream->latest_tail != NULL ? stream->latest_tail->size : 0);
}

static void
link_unflushed (struct stream *stream)
{
  struct reactor *reactor = reactor_of ((uv_handle_t *) &stream->poll);

  if (stream->unflushed_link != NULL)
    return;
  stream->next_unflushed = reactor->unflushed;
  stream->unflushed_link = &reactor->unflushed;
  if (reactor->unflushed != NULL)
    reactor->unflushed->unflushed_link = &stream->next_unflushed;
  reactor->unflushed = stream;
}

void
stream_unlink_unflushed (struct stream *stream)
{
  if (stream->unflushed_link == NULL)
    return;
  *stream->unflushed_link = stream->next_unflushed;
  if (stream->next_unflushed != NULL)
    stream->next_unflushed->unflushed_link = stream->unflushed_link;
  stream->unflushed_link = NULL;
}

int
stream_wrote (struct stream *stream)
{
  if (stream->error != 0)
    {
      buffer_free (&stream->output);
      return stream->error;
    }
  if (stream->output_limit > 0
      && buffer_size (&stream->output) > stream->output_limit)
    {
      stream_fail (stream, -ENOBUFS);
      return -ENOBUFS;
    }
  link_unflushed (stream);
  return 0;
}

struct shared_bytes *
shared_bytes_new (const uint8_t *bytes, size_t size)
{
  struct shared_bytes *shared = malloc (sizeof *shared + size);

  if (shared != NULL)
    {
      shared->references = 1;
      shared->size = size;
      memcpy (shared->bytes, bytes, size);
    }
  return shared;
}

void
shared_bytes_release (struct shared_bytes *shared)
{
  if (shared != NULL && --shared->references == 0)
    free (shared);
}

void
stream_forget_latest (struct stream *stream)
{
  buffer_free (&stream->latest_head);
  shared_bytes_release (stream->latest_tail);
  stream->latest_tail = NULL;
}

int
stream_send_latest (struct stream *stream, const uint8_t *head,
                    size_t head_size, struct shared_bytes *tail)
{
  assert (head_size > 0);
  if (stream->error != 0)
    return stream->error;
  stream_forget_latest (stream);
  if (buffer_append (&stream->latest_head, head, head_size) < 0)
    return -ENOMEM;
  tail->references++;
  stream->latest_tail = tail;
  link_unflushed (stream);
  return 0;
}

/* All else is sent: now the latest may go.  Return 0 or -ENOMEM.  */
static int
move_latest_to_output (struct stream *stream)
{
  struct buffer head = stream->latest_head;

  if (buffer_append (&head, stream->latest_tail->bytes,
                     stream->latest_tail->size) < 0)
    return -ENOMEM;
  stream->output = head;
  stream->latest_head = (struct buffer) { 0 };
  stream_forget_latest (stream);
  return 0;
}

/* Send from `output' until it is empty or the kernel takes no more.
   Return 0 or a negative errno.  */
static int
send_output (struct stream *stream)
{
  while (buffer_size (&stream->output) > 0)
    {
      ssize_t count = send (stream->fd, buffer_bytes (&stream->output),
                            buffer_size (&stream->output), MSG_NOSIGNAL);
      if (count >= 0)
        buffer_consume (&stream->output, count);
      else if (errno != EINTR)
        return -errno;
    }
  return 0;
}

void
stream_flush (struct stream *stream)
{
  int status;

  stream_unlink_unflushed (stream);
  if (stream->connecting || stream->error != 0 || stream->shut)
    return;
  status = send_output (stream);
  if (status == 0 && buffer_size (&stream->latest_head) > 0)
    {
      status = move_latest_to_output (stream);
      if (status == 0)
        status = send_output (stream);
    }
  if (status < 0 && status != -EAGAIN)
    {
      /* Before the peer broke off it may have said why.  */
      while (!stream->closing && stream_receive_some (stream) > 0)
        continue;
      stream_fail (stream, status);
      return;
    }
  if (stream_unsent (stream) == 0)
    stream_drained (stream);
  stream_poll (stream);
}
