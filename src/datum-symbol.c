/* datum-symbol.c -- between symbols and bytes, fast

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   The same few names come in and go out all the time, and Guile takes
   100 ns to find a symbol by its name or a name by its symbol.  Two tables
   remember the latest short ones.  They have a fixed size, because names
   come from the network.  An entry never changes once it is in a table, so
   that two threads can't make one see half of another.  */

#include "datum.h"
#include "utf8.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Slots of a table: a power of two, eight times the names of a large class,
   since two names that share one make each other's entry anew each time.  */
#define SLOTS_LOG2 13
#define SLOTS (1 << SLOTS_LOG2)

/* Longer names, and longer prints, aren't remembered.  */
#define KNOWN_BYTES 32

/* What STk reads back as it is.  */
static const bool bare[256] =
{
  ['a' ... 'z'] = true, ['0' ... '9'] = true, ['+'] = true, ['-'] = true,
  ['.'] = true, ['*'] = true, ['/'] = true, ['<'] = true, ['='] = true,
  ['>'] = true, ['!'] = true, ['?'] = true, [':'] = true, ['$'] = true,
  ['%'] = true, ['_'] = true, ['&'] = true, ['~'] = true, ['^'] = true
};

bool
datum_symbol_is_bare (const uint8_t *name, size_t size)
{
  if (size == 0 || name[0] == ':' || name[size - 1] == ':'
      || (size == 1 && name[0] == '.')
      /* For Guile and STklos these are the imaginary unit.  */
      || (size == 2 && (name[0] == '+' || name[0] == '-') && name[1] == 'i')
      || datum_begins_like_number (name, size))
    return false;
  for (size_t i = 0; i < size; i++)
    if (!bare[name[i]])
      return false;
  return true;
}

/* --- The tables ------------------------------------------------------- */

typedef const struct symbol_print *_Atomic slot;

/* Return *TABLE, which is made at the first call.  The collector sees it
   because a pointer object that lives for ever points to it.  */
static slot *
slots (slot *_Atomic *table)
{
  slot *here = *table;

  if (here == NULL)
    {
      here = scm_gc_malloc (SLOTS * sizeof *here, "symbols");
      scm_permanent_object (scm_from_pointer ((void *) here, NULL));
      *table = here;
    }
  return here;
}

/* Spread the bits of KEY over the numbers of slots.  */
static size_t
slot_of (uint64_t key)
{
  return key * UINT64_C (0x9e3779b97f4a7c15) >> (64 - SLOTS_LOG2);
}

static uint64_t
hash (const uint8_t *name, size_t size)
{
  uint64_t key = size, word;

  for (; size >= 8; name += 8, size -= 8)
    {
      memcpy (&word, name, 8);
      key = (key ^ word) * UINT64_C (0xff51afd7ed558ccd);
      key ^= key >> 32;
    }
  for (word = 0; size > 0; size--)
    word = word << 8 | *name++;
  return (key ^ word) * UINT64_C (0xff51afd7ed558ccd) >> 16;
}

/* --- Reading ---------------------------------------------------------- */

/* Not scm_from_utf8_symboln: in Guile 3.0.8 it takes the bytes of NAME for
   as many characters, and so reads behind the end of an empty one and of
   any that isn't ASCII.  */
SCM
datum_symbol (const uint8_t *name, size_t size)
{
  return scm_string_to_symbol (scm_from_utf8_stringn ((const char *) name,
                                                      size));
}

static enum datum_status
intern (const uint8_t *name, size_t size, SCM *result)
{
  if (!utf8_valid (name, size))
    return DATUM_BAD_UTF8;
  *result = datum_symbol (name, size);
  return DATUM_OK;
}

enum datum_status
datum_read_symbol (const uint8_t *name, size_t size, SCM *result)
{
  static slot *_Atomic table;

  if (size > KNOWN_BYTES)
    return intern (name, size, result);
  slot *place = &slots (&table)[slot_of (hash (name, size))];
  const struct symbol_print *known = *place;
  if (known != NULL && known->size == size
      && memcmp (known->bytes, name, size) == 0)
    {
      *result = known->symbol;
      return DATUM_OK;
    }

  enum datum_status status = intern (name, size, result);
  if (status != DATUM_OK)
    return status;
  struct symbol_print *new = scm_gc_malloc (sizeof *new + size, "symbol");
  new->symbol = *result;
  new->size = size;
  memcpy (new->bytes, name, size);
  *place = new;
  return DATUM_OK;
}

/* --- Printing --------------------------------------------------------- */

/* Store NAME between bars; return one past the last byte.  */
static uint8_t *
put_barred (uint8_t *to, const uint8_t *name, size_t size)
{
  *to++ = '|';
  for (; size > 0; size--, name++)
    {
      if (*name == '|' || *name == '\\')
        *to++ = '\\';
      *to++ = *name;
    }
  *to++ = '|';
  return to;
}

/* Make the print of SYMBOL, whose name it is.  */
static struct symbol_print *
make_print (SCM symbol, const uint8_t *name, size_t size)
{
  /* Only a short one is remembered; a long one holds no pointers, so that
     the collector needn't look through it.  */
  size_t most = sizeof (struct symbol_print) + 2 * size + 2;
  struct symbol_print *print = size <= KNOWN_BYTES
    ? scm_gc_malloc (most, "symbol print")
    : scm_gc_malloc_pointerless (most, "symbol print");

  print->symbol = symbol;
  if (datum_symbol_is_bare (name, size))
    {
      memcpy (print->bytes, name, size);
      print->size = size;
    }
  else
    print->size = put_barred (print->bytes, name, size) - print->bytes;
  return print;
}

const struct symbol_print *
datum_print_symbol (SCM symbol)
{
  static slot *_Atomic table;
  slot *place = &slots (&table)[slot_of (SCM_UNPACK (symbol) >> 3)];
  const struct symbol_print *known = *place;

  if (known != NULL && scm_is_eq (known->symbol, symbol))
    return known;

  size_t size;
  char *name = scm_to_utf8_stringn (scm_symbol_to_string (symbol), &size);
  const struct symbol_print *print = NULL;
  if (memchr (name, '\0', size) == NULL)
    print = make_print (symbol, (const uint8_t *) name, size);
  free (name);
  if (print != NULL && size <= KNOWN_BYTES)
    *place = print;
  return print;
}
