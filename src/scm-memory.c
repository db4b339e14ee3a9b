/* scm-memory.c -- memory that a server doesn't need

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   The collector lets the heap grow rather than work.  While a class comes
   in, what each client keeps for long lands between what is soon garbage,
   and no page of it is ever free again.  So a server collects often then;
   seldom while it passes messages on, which leaves nothing behind; and when
   it has nothing to do, it collects and gives back what is free.  */

#include "scm-reactor.h"

#include "limits.h"
#include "primitive.h"

#include <gc/gc.h>
#ifdef __GLIBC__
# include <malloc.h>            /* malloc_trim */
#endif

static bool giving_back;
static int steps_alone = IM_STEPS_ALONE;        /* since somebody came */

void
memory_note_arrival (void)
{
  if (giving_back && steps_alone == IM_STEPS_ALONE)
    GC_set_free_space_divisor (IM_ARRIVALS_DIVISOR);
  steps_alone = 0;
}

void
memory_note_step (void)
{
  if (steps_alone < IM_STEPS_ALONE && ++steps_alone == IM_STEPS_ALONE
      && giving_back)
    GC_set_free_space_divisor (IM_SERVING_DIVISOR);
}

void
memory_tidy (void)
{
  if (!giving_back || GC_get_bytes_since_gc () < IM_TIDY_BYTES)
    return;
  GC_gcollect_and_unmap ();
#ifdef __GLIBC__
  malloc_trim (0);
#endif
}

static SCM
scm_im_give_memory_back_x (void)
{
  giving_back = true;
  GC_set_free_space_divisor (IM_SERVING_DIVISOR);
  return SCM_UNSPECIFIED;
}

const struct primitive memory_primitives[] = {
  { "%give-memory-back!", 0, 0, scm_im_give_memory_back_x,
    "From now on keep less memory that nothing uses, and none of it while\n"
    "nothing happens." },
  { NULL, 0, 0, NULL, NULL }
};
