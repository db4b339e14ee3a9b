/* random-datum.c -- any datum, printable or not, from an input's bytes

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   A letter says what comes, so that an input can nearly be read:

     s TEXT   a symbol      ( DATUM... )   a list, . DATUM before the )
     " TEXT   a string      # DATUM... )   a vector
     c N      a character   ' DATUM        a quotation
     0 to 9   a number      [ N DATUM      in N lists, one inside the other
     i / r    numbers       t f e          #t #f ()
     p k      nothing that has a print

   TEXT ends with a zero byte or with the input; what in it isn't UTF-8 is
   taken as Latin-1, and FF as a NUL.  Anything else is skipped.  */

#include "random-datum.h"

#include "builder.h"
#include "../../src/limits.h"
#include "reference.h"

#include <math.h>
#include <string.h>

/* Levels of parentheses; the printer's limit lies below.  */
enum { DEEPEST = 80 };

uint8_t
take_byte (struct bytes *bytes)
{
  return bytes->at < bytes->end ? *bytes->at++ : 0;
}

/* --- Atoms ------------------------------------------------------------- */

/* Store a TEXT as UTF-8; return its size.  */
static size_t
take_text (struct bytes *bytes, char text[512], bool *nul)
{
  size_t size = 0;

  while (bytes->at < bytes->end && size < 500)
    {
      size_t length = reference_character (bytes->at,
                                           bytes->end - bytes->at, NULL);
      if (*bytes->at == 0)
        {
          bytes->at++;
          break;
        }
      if (length > 0)
        {
          memcpy (text + size, bytes->at, length);
          bytes->at += length;
          size += length;
        }
      else if (*bytes->at == 0xff)
        {
          *nul = true;
          text[size++] = '\0';
          bytes->at++;
        }
      else
        {
          text[size++] = 0xc0 | *bytes->at >> 6;
          text[size++] = 0x80 | (*bytes->at++ & 0x3f);
        }
    }
  return size;
}

static SCM
take_symbol (struct bytes *bytes, bool *printable)
{
  char text[512];
  bool nul = false;
  size_t size = take_text (bytes, text, &nul);

  if (nul)
    *printable = false;
  return scm_from_utf8_symboln (text, size);
}

static SCM
take_string (struct bytes *bytes)
{
  char text[512];
  bool nul = false;
  size_t size = take_text (bytes, text, &nul);

  return scm_from_utf8_stringn (text, size);
}

SCM
take_name (struct bytes *bytes)
{
  bool ignored;

  return take_byte (bytes) % 2 ? take_string (bytes)
                               : take_symbol (bytes, &ignored);
}

static uint64_t
take_bits (struct bytes *bytes, int count)
{
  uint64_t bits = 0;

  for (; count > 0; count--)
    bits = bits << 8 | take_byte (bytes);
  return bits;
}

static SCM
take_character (struct bytes *bytes)
{
  uint32_t character = take_bits (bytes, 3) % 0x110000;

  return builder_character (character >= 0xd800 && character <= 0xdfff
                            ? character % 0x80 : character);
}

/* An integer of up to SIZE bytes.  It is too long if it has more than
   IM_NUMBER_CHARACTERS digits and signs.  */
static SCM
take_integer (struct bytes *bytes, int size, bool *printable)
{
  unsigned __int128 value = 0, most = 1;
  bool negative = take_byte (bytes) % 2;

  for (; size > 0; size--)
    value = value << 8 | take_byte (bytes);
  value >>= 1;
  for (int digits = IM_NUMBER_CHARACTERS - negative; digits > 0; digits--)
    most *= 10;
  if (value >= most)
    *printable = false;
  return builder_integer (negative ? -(__int128) value : (__int128) value);
}

/* Its parts have at most 15 digits, so that it fits.  */
static SCM
take_fraction (struct bytes *bytes)
{
  bool ignored;
  SCM over = take_integer (bytes, 6, &ignored);

  return scm_divide (over, scm_from_int64 (take_bits (bytes, 5) + 1));
}

static SCM
take_real (struct bytes *bytes, bool *printable)
{
  uint64_t bits = take_bits (bytes, 8);
  double value;

  memcpy (&value, &bits, sizeof value);
  if (!isfinite (value))
    *printable = false;
  return scm_from_double (value);
}

/* --- What has parts ---------------------------------------------------- */

struct maker
{
  struct bytes *bytes;
  bool *printable;
  int depth;
};

static SCM make (struct maker *maker);

static bool
open_level (struct maker *maker)
{
  if (maker->depth == DEEPEST)
    return false;
  maker->depth++;
  return true;
}

static SCM
make_list (struct maker *maker, bool vector)
{
  SCM list = SCM_EOL, tail = SCM_EOL;

  if (!open_level (maker))
    return SCM_BOOL_T;
  while (maker->bytes->at < maker->bytes->end && *maker->bytes->at != ')')
    if (*maker->bytes->at == '.' && !vector && !scm_is_null (list))
      {
        maker->bytes->at++;
        tail = make (maker);
        break;
      }
    else
      list = scm_cons (make (maker), list);
  take_byte (maker->bytes);
  maker->depth--;
  list = scm_reverse_x (list, tail);
  return vector ? scm_vector (list) : list;
}

static SCM
make_quotation (struct maker *maker)
{
  if (!open_level (maker))
    return SCM_BOOL_T;
  SCM datum = make (maker);
  maker->depth--;
  return scm_list_2 (scm_from_utf8_symbol ("quote"), datum);
}

static SCM
make_nest (struct maker *maker)
{
  int levels = take_byte (maker->bytes) % 128, opened = 0;

  while (opened < levels && open_level (maker))
    opened++;
  SCM datum = make (maker);
  maker->depth -= opened;
  for (; opened > 0; opened--)
    datum = scm_cons (datum, SCM_EOL);
  return datum;
}

static SCM
make (struct maker *maker)
{
  struct bytes *bytes = maker->bytes;
  uint8_t letter;

  while (bytes->at < bytes->end)
    switch (letter = take_byte (bytes))
      {
      case 's': return take_symbol (bytes, maker->printable);
      case '"': return take_string (bytes);
      case 'c': return take_character (bytes);
      case '0': case '1': case '2': case '3': case '4':
      case '5': case '6': case '7': case '8': case '9':
        return scm_from_int64 (letter - '0');
      case 'i': return take_integer (bytes, 16, maker->printable);
      case '/': return take_fraction (bytes);
      case 'r': return take_real (bytes, maker->printable);
      case '(': return make_list (maker, false);
      case '#': return make_list (maker, true);
      case '\'': return make_quotation (maker);
      case '[': return make_nest (maker);
      case 't': return SCM_BOOL_T;
      case 'f': return SCM_BOOL_F;
      case 'e': return SCM_EOL;
      case 'p':
      case 'k':
        *maker->printable = false;
        return builder_unprintable (letter == 'k');
      }
  return SCM_EOL;
}

/* How many parentheses are open where the print is deepest.  */
static int
print_depth (SCM datum)
{
  int deepest = 0, depth;

  if (scm_is_vector (datum))
    for (size_t i = SCM_SIMPLE_VECTOR_LENGTH (datum); i-- > 0;)
      if ((depth = print_depth (SCM_SIMPLE_VECTOR_REF (datum, i))) > deepest)
        deepest = depth;
  if (scm_is_vector (datum) || scm_is_null (datum))
    return deepest + 1;
  if (!scm_is_pair (datum))
    return 0;
  for (; scm_is_pair (datum); datum = SCM_CDR (datum))
    if ((depth = print_depth (SCM_CAR (datum))) > deepest)
      deepest = depth;
  depth = scm_is_null (datum) ? 0 : print_depth (datum);
  return 1 + (depth > deepest ? depth : deepest);
}

SCM
take_datum (struct bytes *bytes, bool *printable)
{
  struct maker maker = { bytes, printable, 0 };

  *printable = true;
  SCM datum = make (&maker);
  if (print_depth (datum) > IM_DATUM_DEPTH)
    *printable = false;
  return datum;
}
