/* scm-reactor.c -- the reactor's primitives

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   The reactor waits and says which slots of the watch table are ready;
   (im reactor) keeps that table and runs the handlers.  No SCM is stored
   where libuv or malloc would hide it from the collector.  */

#include "scm-reactor.h"

#include "error.h"
#include "limits.h"
#include "primitive.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>

static struct reactor reactor;
static pthread_t reactor_thread;

/* A child that was forked shares its parent's connections, and even what
   the kernel polls for it: whatever the child closed would be deaf in the
   parent.  So a child has no reactor.  */
static bool in_child;

static void
note_fork (void)
{
  in_child = true;
}

struct reactor *
reactor_for (const char *who)
{
  if (in_child)
    error_wrong_process (who);
  if (!pthread_equal (pthread_self (), reactor_thread))
    error_wrong_thread (who);
  return &reactor;
}

void
source_dispose (struct source *source)
{
  if (in_child)
    return;
  source_note_closing (source);
  if (pthread_equal (pthread_self (), reactor_thread))
    source_close (&reactor, source);
  else
    reactor_hand_back (&reactor, source);
}

/* --- Waiting ----------------------------------------------------------- */

/* A signal ended a sleep, perhaps before Guile's thread for signals has
   told this one.  Give it the time: else Ctrl-C could be raised where
   nobody expects it, between an evaluation and the next prompt.  */
static void
await_signal (int highest)
{
  struct timeval moment = { .tv_usec = 10000 };

  SCM_TICK;
  scm_std_select (highest + 1, NULL, NULL, NULL, &moment);
}

/* Sleep until the reactor or FD (negative: none) has something, or for
   TIMEOUT_MS (negative: without limit), or until Ctrl-C.  */
static void
sleep_in_select (int fd, int64_t timeout_ms)
{
  int backend = uv_backend_fd (&reactor.loop);
  int timer_ms = reactor_timeout_ms (&reactor);
  struct timeval timeout, *limit = NULL;
  fd_set readable;

  if (timer_ms >= 0 && (timeout_ms < 0 || timer_ms < timeout_ms))
    timeout_ms = timer_ms;
  if (timeout_ms >= 0)
    {
      timeout.tv_sec = timeout_ms / 1000;
      timeout.tv_usec = timeout_ms % 1000 * 1000;
      limit = &timeout;
    }
  FD_ZERO (&readable);
  FD_SET (backend, &readable);
  if (fd >= 0)
    FD_SET (fd, &readable);
  int highest = fd > backend ? fd : backend;
  if (scm_std_select (highest + 1, &readable, NULL, NULL, limit) < 0)
    await_signal (highest);
}

static bool
anything_ready (void)
{
  return reactor.ready.next != &reactor.ready;
}

int64_t
milliseconds_from_scm (SCM seconds)
{
  if (scm_is_false (seconds))
    return -1;
  double value = ceil (scm_to_double (seconds) * 1000);
  return value < 0 ? 0 : value > 1e12 ? (int64_t) 1e12 : (int64_t) value;
}

static SCM
scm_im_reactor_wait (SCM timeout, SCM scm_fd)
{
  int64_t timeout_ms = milliseconds_from_scm (timeout);
  int fd = SCM_UNBNDP (scm_fd) || scm_is_false (scm_fd)
           ? -1 : scm_to_int (scm_fd);

  reactor_for ("reactor-step");
  memory_note_step ();
  reactor_flush (&reactor);
  /* Sleeping in libuv spares a system call for each wake-up, but Ctrl-C
     goes unnoticed there: so for a short while only.  Not in
     scm_without_guile, which costs another one; the collector can stop a
     thread that sleeps.  */
  uint64_t nap_ms = anything_ready () || fd >= 0 ? 0 : IM_UNINTERRUPTED_MS;
  if (timeout_ms >= 0 && (uint64_t) timeout_ms < nap_ms)
    nap_ms = timeout_ms;
  reactor_run (&reactor, nap_ms);
  SCM_TICK;
  if (!anything_ready () && timeout_ms != 0)
    {
      if (timeout_ms > 0)
        timeout_ms -= nap_ms;
      memory_tidy ();
      sleep_in_select (fd, timeout_ms < -1 ? 0 : timeout_ms);
      SCM_TICK;
      reactor_run (&reactor, 0);
    }
  return scm_from_int (reactor_ready_count (&reactor));
}

static SCM
scm_im_reactor_next (void)
{
  struct source *source = reactor_next (reactor_for ("reactor-step"));

  return source == NULL ? SCM_BOOL_F : scm_from_int (source->slot);
}

static SCM
scm_im_forked_p (void)
{
  return scm_from_bool (in_child);
}

static SCM
scm_im_reactor_flush (void)
{
  reactor_flush (reactor_for ("flush"));
  return SCM_UNSPECIFIED;
}

/* A script may end right after it has said something.  */
static void
send_rest_at_exit (void)
{
  if (!in_child)
    reactor_drain (&reactor, IM_EXIT_MS);
}

void
scm_reactor_init (void)
{
  int status = reactor_init (&reactor);

  if (status < 0)
    error_system ("load-extension", status);
  reactor_thread = pthread_self ();
  pthread_atfork (NULL, NULL, note_fork);
  atexit (send_rest_at_exit);
}

const struct primitive reactor_primitives[] = {
  { "%reactor-wait", 1, 1, scm_im_reactor_wait,
    "Return how many sources are ready, after sending what is queued and\n"
    "waiting up to TIMEOUT seconds (#f: without limit) until one is, or\n"
    "until the descriptor FD, if given, can be read." },
  { "%reactor-next", 0, 0, scm_im_reactor_next,
    "Return the slot of the source that has been ready longest, now the\n"
    "last in the queue, or #f." },
  { "%forked?", 0, 0, scm_im_forked_p,
    "Return #t in a child that was forked: its parent has the reactor." },
  { "%reactor-flush", 0, 0, scm_im_reactor_flush,
    "Send what is queued, as far as the kernel takes it." },
  { NULL, 0, 0, NULL, NULL }
};
