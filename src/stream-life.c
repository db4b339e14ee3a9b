/* stream-life.c -- how a stream begins and ends

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   A stream that its owner closed lingers: it sends what is queued, then
   says so (FIN), and reads until the peer hangs up.  Closing a socket that
   has unread input would reset the connection and could destroy the
   farewell on its way (RFC 1122, 4.2.2.13).  A deadline ends it all the
   same.  */

#include "stream-life.h"

#include "address.h"
#include "limits.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINGER_LOOK_MS 100

static void stream_drop_output (struct stream *stream);
static void on_event (uv_poll_t *poll, int status, int events);

/* --- Beginning --------------------------------------------------------- */

static void
set_option (int fd, int level, int option, int value)
{
  /* Failure costs comfort, not correctness.  */
  setsockopt (fd, level, option, &value, sizeof value);
}

static void
set_options (int fd)
{
  /* One request is one segment: don't wait to fill it.  */
  set_option (fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option (fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option (fd, IPPROTO_TCP, TCP_KEEPIDLE, limit_of (LIMIT_KEEPALIVE_IDLE_S));
  set_option (fd, IPPROTO_TCP, TCP_KEEPINTVL,
              limit_of (LIMIT_KEEPALIVE_INTERVAL_S));
  set_option (fd, IPPROTO_TCP, TCP_KEEPCNT, limit_of (LIMIT_KEEPALIVE_PROBES));
}

struct stream *
stream_allocate (void)
{
  return calloc (1, sizeof (struct stream));
}

int
stream_begin (struct reactor *reactor, struct stream *stream, int fd)
{
  int status = uv_poll_init (&reactor->loop, &stream->poll, fd);

  if (status < 0)
    {
      close (fd);
      return status;
    }
  source_init (&stream->source, SOURCE_STREAM);
  stream->poll.data = stream;
  stream->fd = fd;
  stream->request_limit = limit_of (LIMIT_CLIENT_REQUEST_BYTES);
  reactor->streams++;
  set_options (fd);
  stream_poll (stream);
  return 0;
}

int
stream_new (struct reactor *reactor, int fd, struct stream **result)
{
  struct stream *stream = stream_allocate ();
  int status;

  if (stream == NULL)
    {
      close (fd);
      return -ENOMEM;
    }
  status = stream_begin (reactor, stream, fd);
  if (status < 0)
    free (stream);
  else
    *result = stream;
  return status;
}

int
stream_connect (struct reactor *reactor,
                const struct sockaddr_storage *address,
                struct stream **result)
{
  int fd = socket (address->ss_family,
                   SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int status;

  if (fd < 0)
    return -errno;
  if (connect (fd, (const struct sockaddr *) address,
               address_length (address)) < 0
      && errno != EINPROGRESS && errno != EINTR)        /* both: goes on */
    {
      status = -errno;
      close (fd);
      return status;
    }
  status = stream_new (reactor, fd, result);
  if (status == 0)
    {
      (*result)->connecting = true;
      stream_poll (*result);
    }
  return status;
}

static void
finish_connecting (struct stream *stream)
{
  int error = 0;
  socklen_t length = sizeof error;

  if (getsockopt (stream->fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
    error = errno;
  stream->connecting = false;
  if (error != 0)
    stream_fail (stream, -error);
  else
    {
      source_is_ready (reactor_of ((uv_handle_t *) &stream->poll),
                       &stream->source);
      stream_flush (stream);
    }
}

int
stream_address (const struct stream *stream, bool peer,
                struct sockaddr_storage *address)
{
  socklen_t length = sizeof *address;
  int status = peer
    ? getpeername (stream->fd, (struct sockaddr *) address, &length)
    : getsockname (stream->fd, (struct sockaddr *) address, &length);

  return status < 0 ? -errno : 0;
}

/* --- Polling ----------------------------------------------------------- */

static int
wanted_events (const struct stream *stream)
{
  int events = 0;

  if (stream->error != 0)
    return 0;
  if (stream->connecting)
    return UV_WRITABLE;
  if (stream_wants_input (stream))
    events |= UV_READABLE;
  /* Output that is still to be flushed hasn't been refused yet.  */
  if (stream_unsent (stream) > 0 && stream->unflushed_link == NULL)
    events |= UV_WRITABLE;
  return events;
}

void
stream_poll (struct stream *stream)
{
  int events = wanted_events (stream);
  int polled = stream->polled;

  if (events == polled || uv_is_closing ((uv_handle_t *) &stream->poll))
    return;
  stream->polled = events;
  if (events == 0)
    uv_poll_stop (&stream->poll);
  else
    uv_poll_start (&stream->poll, events, on_event);
}

static void
on_event (uv_poll_t *poll, int status, int events)
{
  struct stream *stream = poll->data;

  if (stream->connecting)
    finish_connecting (stream);
  else if (status < 0)
    {
      /* libuv has stopped polling and says EBADF for whatever it was;
         receiving tells, after what arrived before it, as soon as there
         is room for that.  */
      stream->polled = 0;
      if (stream_wants_input (stream))
        stream_receive (stream);
      else if (stream->eof)
        stream_fail (stream, -ECONNRESET);
      else
        {
          stream_drop_output (stream);
          stream_drained (stream);
        }
    }
  else
    {
      if (events & UV_READABLE)
        stream_receive (stream);
      if ((events & UV_WRITABLE) && !uv_is_closing ((uv_handle_t *) poll))
        stream_flush (stream);
    }
}

/* --- Ending ------------------------------------------------------------ */

static void
free_stream (uv_handle_t *handle)
{
  free (handle->data);
}

static void
link_lingering (struct reactor *reactor, struct stream *stream)
{
  stream->next_lingering = reactor->lingering;
  stream->lingering_link = &reactor->lingering;
  if (reactor->lingering != NULL)
    reactor->lingering->lingering_link = &stream->next_lingering;
  reactor->lingering = stream;
}

static void
unlink_lingering (struct stream *stream)
{
  if (stream->lingering_link == NULL)
    return;
  *stream->lingering_link = stream->next_lingering;
  if (stream->next_lingering != NULL)
    stream->next_lingering->lingering_link = stream->lingering_link;
  stream->lingering_link = NULL;
}

static void
destroy (struct stream *stream)
{
  assert (!uv_is_closing ((uv_handle_t *) &stream->poll));
  reactor_of ((uv_handle_t *) &stream->poll)->streams--;
  unlink_lingering (stream);
  stream_unlink_unflushed (stream);
  stream_unlink_paused (stream);
  stream_forget_latest (stream);
  buffer_free (&stream->input);
  buffer_free (&stream->output);
  uv_poll_stop (&stream->poll);
  close (stream->fd);
  uv_close ((uv_handle_t *) &stream->poll, free_stream);
}

static void
stream_drop_output (struct stream *stream)
{
  buffer_free (&stream->output);
  stream_forget_latest (stream);
  stream_unlink_unflushed (stream);
}

void
stream_fail (struct stream *stream, int error)
{
  stream->error = error;
  stream_lift_rate (stream);
  stream_drop_output (stream);
  if (stream->closing)
    {
      destroy (stream);
      return;
    }
  stream_poll (stream);
  stream->stalled = false;
  source_is_ready (reactor_of ((uv_handle_t *) &stream->poll),
                   &stream->source);
}

void
stream_ended (struct stream *stream)
{
  stream->eof = true;
  stream->stalled = false;
  stream_lift_rate (stream);
  if (stream->shut)
    destroy (stream);
  else if (!stream->closing)
    source_is_ready (reactor_of ((uv_handle_t *) &stream->poll),
                     &stream->source);
}

void
stream_drained (struct stream *stream)
{
  if (stream->closing)
    {
      stream->shut = true;
      shutdown (stream->fd, SHUT_WR);
      if (stream->eof)
        destroy (stream);
    }
  else
    {
      if (stream->finished)
        shutdown (stream->fd, SHUT_WR);
      if (stream->source.interest & INTEREST_WRITE)
        source_is_ready (reactor_of ((uv_handle_t *) &stream->poll),
                         &stream->source);
    }
}

void
stream_finish_output (struct stream *stream)
{
  stream->finished = true;
  stream_flush (stream);
}

static void
end_lingering (uv_timer_t *timer)
{
  struct reactor *reactor = reactor_of ((uv_handle_t *) timer);
  uint64_t now = uv_now (&reactor->loop);
  struct stream *stream = reactor->lingering;

  while (stream != NULL)
    {
      struct stream *next = stream->next_lingering;
      if (stream->linger_end <= now)
        destroy (stream);
      stream = next;
    }
  if (reactor->lingering == NULL)
    uv_timer_stop (timer);
}

static void
linger (struct reactor *reactor, struct stream *stream)
{
  uv_update_time (&reactor->loop);
  stream->linger_end = uv_now (&reactor->loop) + IM_LINGER_MS;
  link_lingering (reactor, stream);
  if (!uv_is_active ((uv_handle_t *) &reactor->linger))
    uv_timer_start (&reactor->linger, end_lingering, LINGER_LOOK_MS,
                    LINGER_LOOK_MS);
}

void
stream_close (struct reactor *reactor, struct stream *stream)
{
  stream->closing = true;
  stream_unlink_paused (stream);
  buffer_free (&stream->input);
  stream_forget_latest (stream);
  if (stream->error != 0
      || (stream->connecting && stream_unsent (stream) == 0))
    destroy (stream);
  else
    {
      linger (reactor, stream);
      stream_flush (stream);    /* may destroy it */
    }
}

static void
note_unsent (uv_handle_t *handle, void *any)
{
  struct source *source = handle->data;

  if (handle->type == UV_POLL && source->kind == SOURCE_STREAM
      && !uv_is_closing (handle)
      && stream_unsent ((struct stream *) source) > 0)
    *(bool *) any = true;
}

bool
stream_any_unsent (struct reactor *reactor)
{
  bool any = false;

  uv_walk (&reactor->loop, note_unsent, &any);
  return any;
}
