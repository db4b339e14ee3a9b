/* builder.h -- what a fuzz target asks the builder of data

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#ifndef FUZZ_BUILDER_H
#define FUZZ_BUILDER_H

#include <libguile.h>

/* Begin anew: free every object, and empty what lives for ever, so that
   one input leaves nothing to the next.  */
void builder_forget (void);

/* True iff the data are equal, numbers and symbols included.  */
bool builder_equal (SCM a, SCM b);

/* An integer of up to 127 bits; the caller's data reach beyond what the
   printer takes.  */
SCM builder_integer (__int128 value);

/* Something that has no print; a number if NUMBER, a complex one.  */
SCM builder_unprintable (bool number);

/* Store the shortest decimal that reads back as VALUE, which is finite,
   with a point and an exponent, in up to 32 bytes.  */
void shortest_decimal (double value, char text[32]);

#endif /* FUZZ_BUILDER_H */
