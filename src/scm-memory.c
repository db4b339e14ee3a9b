/* scm-memory.c -- memory that a server doesn't need

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   The collector lets the heap grow rather than work, and while a class
   comes in, what each client keeps for long lands between what is soon
   garbage.  A server collects more often, so that what is kept stays
   together; and when it has nothing else to do, it collects and gives back
   what is free.  */

#include "scm-reactor.h"

#include "limits.h"
#include "primitive.h"

#include <gc/gc.h>
#ifdef __GLIBC__
# include <malloc.h>            /* malloc_trim */
#endif

static bool giving_back;

/* What is allocated from now on begins another such collection, so that
   an idle server stays idle.  */
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
  GC_set_free_space_divisor (IM_FREE_SPACE_DIVISOR);
  return SCM_UNSPECIFIED;
}

const struct primitive memory_primitives[] = {
  { "%give-memory-back!", 0, 0, scm_im_give_memory_back_x,
    "From now on keep less memory that nothing uses, and none of it while\n"
    "nothing happens." },
  { NULL, 0, 0, NULL, NULL }
};
