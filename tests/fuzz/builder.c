/* builder.c -- Scheme objects without Guile

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Numbers are in builder-number.c, memory in builder-memory.c.  */

#include "builder-object.h"

#include <stdlib.h>
#include <string.h>

struct object builder_empty, builder_false, builder_true;
struct object builder_zero = { .type = INTEGER, .denominator = 1 };

/* --- Types ------------------------------------------------------------- */

static bool
is_of_type (SCM object, enum type type)
{
  holds (object != NULL, "an object is defined");
  return object->type == type;
}

SCM
of_type (SCM object, enum type type)
{
  holds (is_of_type (object, type), "an object has the type it is used as");
  return object;
}

SCM
scm_from_pointer (void *pointer, void (*finalize) (void *))
{
  SCM object = new_object (POINTER);

  holds (finalize == NULL, "nothing is finalized");
  object->bytes = pointer;
  return object;
}

/* --- Pairs and vectors ------------------------------------------------- */

SCM
scm_cons (SCM car, SCM cdr)
{
  SCM pair = new_object (PAIR);

  pair->car = car;
  pair->cdr = cdr;
  return pair;
}

SCM *
builder_car (SCM pair)
{
  return &of_type (pair, PAIR)->car;
}

SCM *
builder_cdr (SCM pair)
{
  return &of_type (pair, PAIR)->cdr;
}

bool
scm_is_pair (SCM x)
{
  return is_of_type (x, PAIR);
}

long
scm_ilength (SCM list)
{
  long length = 0;

  for (; scm_is_pair (list); list = SCM_CDR (list))
    length++;
  return scm_is_null (list) ? length : -1;
}

SCM
scm_list_2 (SCM a, SCM b)
{
  return scm_cons (a, scm_cons (b, SCM_EOL));
}

SCM
scm_list_4 (SCM a, SCM b, SCM c, SCM d)
{
  return scm_cons (a, scm_cons (b, scm_list_2 (c, d)));
}

SCM
scm_reverse_x (SCM list, SCM tail)
{
  while (!scm_is_null (list))
    {
      SCM next = SCM_CDR (list);

      SCM_SETCDR (list, tail);
      tail = list;
      list = next;
    }
  return tail;
}

SCM
scm_vector (SCM list)
{
  SCM vector = new_object (VECTOR);

  vector->size = scm_ilength (list);
  vector->elements = new_bytes (vector->size * sizeof (SCM));
  for (size_t i = 0; i < vector->size; i++, list = SCM_CDR (list))
    vector->elements[i] = SCM_CAR (list);
  return vector;
}

bool
scm_is_vector (SCM x)
{
  return is_of_type (x, VECTOR);
}

size_t
builder_vector_length (SCM vector)
{
  return of_type (vector, VECTOR)->size;
}

SCM
builder_vector_ref (SCM vector, size_t index)
{
  holds (index < builder_vector_length (vector), "an index is in its vector");
  return vector->elements[index];
}

/* --- Text -------------------------------------------------------------- */

/* Return how many characters the bytes are.  Stop when they are no UTF-8:
   Guile would raise, and the reader has to refuse them before.  */
static size_t
count_characters (const uint8_t *bytes, size_t size)
{
  size_t count = 0, length;

  for (; size > 0; bytes += length, size -= length, count++)
    {
      length = reference_character (bytes, size, NULL);
      holds (length > 0, "text is UTF-8");
    }
  return count;
}

static SCM
new_text (enum type type, const char *bytes, size_t size)
{
  size_t length = count_characters ((const uint8_t *) bytes, size);
  SCM text = new_object (type);

  text->size = size;
  text->length = length;
  text->bytes = new_bytes (size);
  memcpy (text->bytes, bytes, size);
  return text;
}

/* Symbols, found by their names.  */
static SCM interned[1024];
static bool any_interned;

void
forget_symbols (void)
{
  if (any_interned)
    memset (interned, 0, sizeof interned);
  any_interned = false;
}

SCM
scm_from_utf8_symbol (const char *name)
{
  return scm_from_utf8_symboln (name, strlen (name));
}

SCM
scm_from_utf8_symboln (const char *name, size_t size)
{
  uint32_t hash = size;

  for (size_t i = 0; i < size; i++)
    hash = hash * 31 + (uint8_t) name[i];
  SCM *bucket = &interned[hash % (sizeof interned / sizeof interned[0])];
  for (SCM symbol = *bucket; symbol != NULL; symbol = symbol->car)
    if (symbol->size == size && memcmp (symbol->bytes, name, size) == 0)
      return symbol;
  SCM symbol = new_text (SYMBOL, name, size);
  symbol->car = *bucket;
  any_interned = true;
  return *bucket = symbol;
}

SCM
scm_symbol_to_string (SCM symbol)
{
  return new_text (STRING, of_type (symbol, SYMBOL)->bytes, symbol->size);
}

SCM
scm_string_to_symbol (SCM string)
{
  return scm_from_utf8_symboln ((const char *) of_type (string, STRING)->bytes,
                                string->size);
}

size_t
scm_c_symbol_length (SCM symbol)
{
  return of_type (symbol, SYMBOL)->length;
}

bool
scm_is_symbol (SCM x)
{
  return is_of_type (x, SYMBOL);
}

SCM
scm_from_utf8_stringn (const char *text, size_t size)
{
  return new_text (STRING, text, size);
}

SCM
scm_from_latin1_stringn (const char *text, size_t size)
{
  for (size_t i = 0; i < size; i++)
    holds ((text[i] & 0x80) == 0, "only ASCII is passed on as Latin-1");
  return new_text (STRING, text, size);
}

char *
scm_to_utf8_stringn (SCM string, size_t *size)
{
  char *copy = malloc (of_type (string, STRING)->size);

  holds (copy != NULL, "there is memory");
  *size = string->size;
  return memcpy (copy, string->bytes, string->size);
}

size_t
scm_c_string_length (SCM string)
{
  return of_type (string, STRING)->length;
}

SCM
scm_c_string_ref (SCM string, size_t index)
{
  holds (index < scm_c_string_length (string), "an index is in its string");
  holds (string->size == string->length, "only ASCII is taken apart");
  return builder_character ((uint8_t) string->bytes[index]);
}

bool
scm_is_string (SCM x)
{
  return is_of_type (x, STRING);
}

SCM
scm_c_make_bytevector (size_t size)
{
  SCM bytevector = new_object (BYTEVECTOR);

  bytevector->size = size;
  bytevector->bytes = new_block (size);
  return bytevector;
}

size_t
scm_c_bytevector_length (SCM bytevector)
{
  return of_type (bytevector, BYTEVECTOR)->size;
}

char *
builder_bytevector_contents (SCM bytevector)
{
  return of_type (bytevector, BYTEVECTOR)->bytes;
}

SCM
builder_character (uint32_t character)
{
  SCM object = new_object (CHARACTER);

  holds (character < 0xd800
         || (character > 0xdfff && character <= 0x10ffff),
         "a character has a code point");
  object->character = character;
  return object;
}

uint32_t
builder_code_point (SCM character)
{
  return of_type (character, CHARACTER)->character;
}

bool
builder_is_character (SCM x)
{
  return is_of_type (x, CHARACTER);
}

SCM
builder_unprintable (bool number)
{
  return new_object (number ? COMPLEX : POINTER);
}

/* --- Equality ---------------------------------------------------------- */

static bool
equal_vectors (SCM a, SCM b)
{
  for (size_t i = 0; i < a->size; i++)
    if (!builder_equal (a->elements[i], b->elements[i]))
      return false;
  return true;
}

bool
builder_equal (SCM a, SCM b)
{
  for (; scm_is_pair (a) && scm_is_pair (b); a = a->cdr, b = b->cdr)
    if (!builder_equal (a->car, b->car))
      return false;
  if (a == b)
    return true;
  if (a->type != b->type || a->size != b->size)
    return false;
  switch (a->type)
    {
    case VECTOR:
      return equal_vectors (a, b);
    case STRING:
      return memcmp (a->bytes, b->bytes, a->size) == 0;
    case CHARACTER:
      return a->character == b->character;
    case INTEGER:
    case FRACTION:
      return a->numerator == b->numerator
             && a->denominator == b->denominator;
    case REAL:                  /* of the two zeros too */
      return memcmp (&a->real, &b->real, sizeof a->real) == 0;
    default:                    /* symbols are interned */
      return false;
    }
}
