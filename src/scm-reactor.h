/* scm-reactor.h -- the process's reactor, and sources as Scheme objects

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#ifndef IM_SCM_REACTOR_H
#define IM_SCM_REACTOR_H

#include <libguile.h>

#include "reactor.h"
#include "stream.h"

/* The reactor, if this thread may use it; raise an error otherwise.  */
struct reactor *reactor_for (const char *who);

/* From a finalizer or the owner, whichever thread this is: close.  */
void source_dispose (struct source *source);

/* A source is about to be closed, perhaps without who watches it.  */
void source_note_closing (const struct source *source);

/* Milliseconds for SECONDS, #f or a real; negative: without limit.  */
int64_t milliseconds_from_scm (SCM seconds);

/* Wrap SOURCE, which isn't a stream.  */
SCM source_to_scm (struct source *source);

/* What OBJECT, a port of ours or a wrapped source, stands for.  Raise an
   error if it is neither, or closed.  */
struct source *source_from_scm (SCM object, const char *who);

/* The source of KIND in OBJECT.  */
struct source *source_of_kind (SCM object, enum source_kind kind,
                               const char *who);

/* In scm-stream.c: a port over STREAM, and back.  */
SCM stream_to_port (struct stream *stream);
bool is_stream_port (SCM object);
struct stream *stream_from_port (SCM port, const char *who);

/* In scm-memory.c: a client was accepted; a step begins; nothing is to do
   for now.  */
void memory_note_arrival (void);
void memory_note_step (void);
void memory_tidy (void);

void scm_reactor_init (void);
void scm_source_init (void);
void scm_stream_init (void);
void scm_repl_port_init (void);

#endif /* IM_SCM_REACTOR_H */
