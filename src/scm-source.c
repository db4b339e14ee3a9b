/* scm-source.c -- what can become ready, as Scheme objects

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   A stream is known by its port, anything else by a foreign object.  (im
   dispatch) gives each that somebody watches a number, its slot.  */

#include "scm-reactor.h"

#include "descriptor.h"
#include "error.h"
#include "primitive.h"
#include "timer.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static SCM source_type;
static bool watched_closed;    /* since somebody asked */

void
source_note_closing (const struct source *source)
{
  if (source->slot >= 0)
    watched_closed = true;
}

static void
finalize_source (SCM object)
{
  struct source *source = scm_foreign_object_ref (object, 0);

  if (source != NULL)
    source_dispose (source);
}

SCM
source_to_scm (struct source *source)
{
  return scm_make_foreign_object_1 (source_type, source);
}

struct source *
source_from_scm (SCM object, const char *who)
{
  struct source *source = NULL;

  if (is_stream_port (object))
    return &stream_from_port (object, who)->source;
  if (SCM_IS_A_P (object, source_type))
    source = scm_foreign_object_ref (object, 0);
  if (source == NULL)
    error_wrong_type (who, 1, object, "something open to wait for");
  return source;
}

struct source *
source_of_kind (SCM object, enum source_kind kind, const char *who)
{
  struct source *source = source_from_scm (object, who);

  if (source->kind != kind)
    error_wrong_type (who, 1, object, "another kind of source");
  return source;
}

/* --- Primitives -------------------------------------------------------- */

/* The source of OBJECT, or NULL if it is closed.  */
static struct source *
open_source (SCM object)
{
  if (is_stream_port (object))
    return SCM_OPPORTP (object) ? (struct source *) SCM_STREAM (object)
                                : NULL;
  if (SCM_IS_A_P (object, source_type))
    return scm_foreign_object_ref (object, 0);
  return NULL;
}

static SCM
scm_im_source_open_p (SCM object)
{
  return scm_from_bool (open_source (object) != NULL);
}

static SCM
scm_im_set_source_slot_x (SCM object, SCM slot)
{
  const char *who = "when-port-readable";

  reactor_for (who);
  source_from_scm (object, who)->slot = scm_to_int (slot);
  return SCM_UNSPECIFIED;
}

static SCM
scm_im_source_slot (SCM object)
{
  reactor_for ("when-port-readable");
  const struct source *source = open_source (object);

  return source == NULL || source->slot < 0 ? SCM_BOOL_F
                                            : scm_from_int (source->slot);
}

static SCM
scm_im_set_interest_x (SCM object, SCM interest)
{
  const char *who = "when-port-readable";

  source_set_interest (reactor_for (who), source_from_scm (object, who),
                       scm_to_int (interest));
  return SCM_UNSPECIFIED;
}

static SCM
scm_im_readable_p (SCM object)
{
  const struct source *source = open_source (object);

  return scm_from_bool (source == NULL
                        || source_ready (source, INTEREST_READ));
}

static SCM
scm_im_writable_p (SCM object)
{
  const struct source *source = open_source (object);

  return scm_from_bool (source == NULL
                        || source_ready (source, INTEREST_WRITE));
}

static SCM
scm_im_turn_continues_p (SCM object)
{
  struct source *source = open_source (object);

  if (source == NULL)
    return SCM_BOOL_F;
  if (source->kind == SOURCE_STREAM
      && stream_turn_continues ((struct stream *) source))
    return SCM_BOOL_T;
  source_settle (source);
  return SCM_BOOL_F;
}

static SCM
scm_im_look_again_x (SCM object)
{
  struct source *source = open_source (object);

  if (source != NULL && source->kind == SOURCE_STREAM)
    ((struct stream *) source)->stalled = false;
  if (source != NULL && source_ready (source, source->interest))
    source_is_ready (reactor_for ("when-port-readable"), source);
  return SCM_UNSPECIFIED;
}

static SCM
scm_im_settle_source (SCM object)
{
  struct source *source = open_source (object);

  if (source != NULL)
    source_settle (source);
  return SCM_UNSPECIFIED;
}

static SCM
scm_im_close_source (SCM object)
{
  reactor_for ("close");
  if (SCM_IS_A_P (object, source_type))
    {
      struct source *source = scm_foreign_object_ref (object, 0);

      scm_foreign_object_set_x (object, 0, NULL);
      if (source != NULL)
        source_dispose (source);
    }
  return SCM_UNSPECIFIED;
}

static SCM
scm_im_watched_closed_p (void)
{
  bool any = watched_closed;

  watched_closed = false;
  return scm_from_bool (any);
}

static SCM
scm_im_make_timer (SCM seconds)
{
  const char *who = "after";
  struct timer *timer = timer_new (reactor_for (who), milliseconds_from_scm (seconds));

  if (timer == NULL)
    error_system (who, -ENOMEM);
  return source_to_scm (&timer->source);
}

static SCM
scm_im_watch_descriptor (SCM fd)
{
  const char *who = "when-port-readable";
  struct reactor *owner = reactor_for (who);
  struct descriptor *descriptor;
  int status;

  /* A duplicate, since its owner may close the descriptor any time and
     libuv must never poll a number that means something else.  */
  int copy = fcntl (scm_to_int (fd), F_DUPFD_CLOEXEC, 0);
  if (copy < 0)
    error_system (who, -errno);
  status = descriptor_new (owner, copy, &descriptor);
  if (status < 0)
    {
      close (copy);
      error_system (who, status);
    }
  return source_to_scm (&descriptor->source);
}

void
scm_source_init (void)
{
  source_type = scm_make_foreign_object_type
    (scm_from_utf8_symbol ("source"),
     scm_list_1 (scm_from_utf8_symbol ("pointer")), finalize_source);
  scm_gc_protect_object (source_type);
}

const struct primitive source_primitives[] = {
  { "%source-slot", 1, 0, scm_im_source_slot,
    "Return the number that SOURCE was given, or #f if it has none or is\n"
    "closed." },
  { "%set-source-slot!", 2, 0, scm_im_set_source_slot_x,
    "Give SOURCE the number SLOT, which %reactor-next returns for it." },
  { "%set-interest!", 2, 0, scm_im_set_interest_x,
    "Put SOURCE into the ready queue when it is ready for INTEREST: 0\n"
    "never, 1 when readable, 2 when writable, 3 both." },
  { "%readable?", 1, 0, scm_im_readable_p,
    "Return #t if SOURCE has something to read, has ended or is closed." },
  { "%writable?", 1, 0, scm_im_writable_p,
    "Return #t if all output of SOURCE is sent, or it is closed." },
  { "%turn-continues?", 1, 0, scm_im_turn_continues_p,
    "Return #t if the handler of SOURCE may run again in this step; else\n"
    "take SOURCE from the ready queue unless it is still ready." },
  { "%look-again!", 1, 0, scm_im_look_again_x,
    "Let SOURCE be ready for what it has, though that wasn't enough for who\n"
    "looked last." },
  { "%settle-source!", 1, 0, scm_im_settle_source,
    "Take SOURCE from the ready queue unless it is still ready." },
  { "%close-source!", 1, 0, scm_im_close_source,
    "Close SOURCE, not a port.  May be called again." },
  { "%source-open?", 1, 0, scm_im_source_open_p,
    "Return #t if SOURCE is one, or a socket's port, and not closed." },
  { "%watched-closed?", 0, 0, scm_im_watched_closed_p,
    "Return #t if a source with a slot was closed since the last call." },
  { "%make-timer", 1, 0, scm_im_make_timer,
    "Return a source that is ready after SECONDS." },
  { "%watch-descriptor", 1, 0, scm_im_watch_descriptor,
    "Return a source that is ready while descriptor FD can be read, or\n"
    "written, as who watches it wants.  Raise a system-error (EPERM) if FD\n"
    "is of a kind that can't be waited for." },
  { NULL, 0, 0, NULL, NULL }
};
