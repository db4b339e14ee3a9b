/* descriptor.c -- a source that is ready while a descriptor is

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

int
descriptor_new (struct reactor *reactor, int fd, struct descriptor **result)
{
  struct descriptor *descriptor = calloc (1, sizeof *descriptor);
  int flags = fcntl (fd, F_GETFL);
  int status;

  if (descriptor == NULL)
    return -ENOMEM;
  status = uv_poll_init (&reactor->loop, &descriptor->poll, fd);
  if (status < 0)
    {
      free (descriptor);
      return status;
    }
  /* libuv made it non-blocking, and with it the terminal or the pipe that
     others share with us.  */
  if (flags >= 0)
    fcntl (fd, F_SETFL, flags);
  source_init (&descriptor->source, SOURCE_DESCRIPTOR);
  /* Now, for a pause may be needed because memory is out.  */
  uv_timer_init (&reactor->loop, &descriptor->pause);
  descriptor->poll.data = descriptor->pause.data = descriptor;
  descriptor->fd = fd;
  *result = descriptor;
  return 0;
}

static void
on_event (uv_poll_t *poll, int status, int events)
{
  struct descriptor *descriptor = poll->data;

  (void) events;
  if (status < 0)               /* for who reads to find; libuv stopped */
    descriptor_poll (descriptor);
  source_is_ready (reactor_of ((uv_handle_t *) poll), &descriptor->source);
}

void
descriptor_poll (struct descriptor *descriptor)
{
  int interest = descriptor->source.interest;

  if (interest != 0 && !descriptor->paused)
    uv_poll_start (&descriptor->poll,
                   ((interest & INTEREST_READ) ? UV_READABLE : 0)
                   | ((interest & INTEREST_WRITE) ? UV_WRITABLE : 0),
                   on_event);
  else
    uv_poll_stop (&descriptor->poll);
}

static void
end_pause (uv_timer_t *pause)
{
  struct descriptor *descriptor = pause->data;

  descriptor->paused = false;
  descriptor_poll (descriptor);
}

void
descriptor_pause (struct descriptor *descriptor, uint64_t pause_ms)
{
  if (descriptor->paused)
    return;
  descriptor->paused = true;
  uv_update_time (descriptor->poll.loop);
  uv_timer_start (&descriptor->pause, end_pause, pause_ms, 0);
  uv_poll_stop (&descriptor->poll);
  source_unlink (&descriptor->source);
}

bool
descriptor_ready (const struct descriptor *descriptor, int interest)
{
  struct pollfd poll_fd = { .fd = descriptor->fd };

  if (interest & INTEREST_READ)
    poll_fd.events |= POLLIN;
  if (interest & INTEREST_WRITE)
    poll_fd.events |= POLLOUT;
  return interest != 0 && !descriptor->paused
         && poll (&poll_fd, 1, 0) > 0;
}

static void
free_descriptor (uv_handle_t *handle)
{
  free (handle->data);
}

static void
close_pause (uv_handle_t *poll)
{
  struct descriptor *descriptor = poll->data;

  uv_close ((uv_handle_t *) &descriptor->pause, free_descriptor);
}

void
descriptor_close (struct descriptor *descriptor)
{
  uv_poll_stop (&descriptor->poll);
  uv_timer_stop (&descriptor->pause);   /* it may be due already */
  close (descriptor->fd);
  uv_close ((uv_handle_t *) &descriptor->poll, close_pause);
}
