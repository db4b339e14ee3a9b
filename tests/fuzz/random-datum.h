/* random-datum.h -- any datum, printable or not, from an input's bytes

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#ifndef FUZZ_RANDOM_DATUM_H
#define FUZZ_RANDOM_DATUM_H

#include <libguile.h>

/* The bytes that are left.  */
struct bytes
{
  const uint8_t *at, *end;
};

/* Take one byte; 0 when there are no more.  */
uint8_t take_byte (struct bytes *bytes);

/* Make a datum.  Set *PRINTABLE to false if it has no print, whatever the
   limit.  */
SCM take_datum (struct bytes *bytes, bool *printable);

/* Make a name, a string or a symbol.  */
SCM take_name (struct bytes *bytes);

#endif /* FUZZ_RANDOM_DATUM_H */
