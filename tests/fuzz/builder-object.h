/* builder-object.h -- what an object of the builder is inside

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#ifndef FUZZ_BUILDER_OBJECT_H
#define FUZZ_BUILDER_OBJECT_H

#include "builder.h"
#include "reference.h"

enum type
{
  CONSTANT,                     /* zero: equal to itself only */
  PAIR, VECTOR, SYMBOL, STRING, CHARACTER, INTEGER, FRACTION,
  REAL, COMPLEX, POINTER, BYTEVECTOR
};

struct object
{
  enum type type;
  uint32_t character;
  SCM car, cdr;                 /* car: of a symbol, the next one interned */
  SCM *elements;
  char *bytes;                  /* of text, in UTF-8 */
  size_t size;                  /* bytes or elements */
  size_t length;                /* characters */
  double real;
  __int128 numerator, denominator;
};

SCM new_object (enum type type);

/* Memory until the next input: of the builder's own, and such as the
   product gets a pointer to.  */
void *new_bytes (size_t size);
void *new_block (size_t size);

/* No symbol is interned.  */
void forget_symbols (void);

/* Return OBJECT, or stop if it is of another type.  */
SCM of_type (SCM object, enum type type);

#endif /* FUZZ_BUILDER_OBJECT_H */
