/* datum-atom.c -- numbers and the names of characters

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   What the reader and the writer of data must agree on.  */

#include "datum.h"
#include "limits.h"

#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool
is_digit (uint8_t byte)
{
  return byte >= '0' && byte <= '9';
}

static bool
is_sign (uint8_t byte)
{
  return byte == '+' || byte == '-';
}

/* True iff the atom begins like +inf.0 or -nan.0.  */
static bool
begins_like_infinity (const uint8_t *atom, size_t size)
{
  const char *name = (const char *) atom + 1;

  return size >= 6 && is_sign (atom[0])
    && (strncasecmp (name, "inf.0", 5) == 0
        || strncasecmp (name, "nan.0", 5) == 0);
}

bool
datum_begins_like_number (const uint8_t *atom, size_t size)
{
  size_t at = size > 0 && is_sign (atom[0]);

  if (at < size && atom[at] == '.')
    at++;
  return (at < size && is_digit (atom[at]))
    || begins_like_infinity (atom, size);
}

/* --- Numbers ---------------------------------------------------------- */

/* How many digits begin the bytes.  */
static size_t
span_digits (const uint8_t *at, const uint8_t *end)
{
  const uint8_t *start = at;

  while (at < end && is_digit (*at))
    at++;
  return at - start;
}

/* The value of up to 18 digits, which fit a fixnum.  */
static int64_t
small_value (const uint8_t *digits, size_t count)
{
  int64_t value = 0;

  while (count-- > 0)
    value = value * 10 + (*digits++ - '0');
  return value;
}

/* The value of up to IM_NUMBER_CHARACTERS digits.  */
static SCM
digits_value (const uint8_t *digits, size_t count, bool negative)
{
  enum { SMALL = 18 };
  const int64_t unit = 1000000000000000000;
  int64_t sign = negative ? -1 : 1;

  if (count <= SMALL)
    return scm_from_int64 (sign * small_value (digits, count));
  size_t high = count - SMALL;
  return scm_sum (scm_product (scm_from_int64 (sign * unit),
                               scm_from_int64 (small_value (digits, high))),
                  scm_from_int64 (sign * small_value (digits + high, SMALL)));
}

_Static_assert (IM_NUMBER_CHARACTERS <= 36, "digits_value takes 36 digits");

/* True iff the bytes are digits with at most one point among them and an
   exponent behind; the caller knows that there is a digit before that.  */
static bool
is_decimal (const uint8_t *at, const uint8_t *end)
{
  at += span_digits (at, end);
  if (at < end && *at == '.')
    at += 1 + span_digits (at + 1, end);
  if (at < end && (*at == 'e' || *at == 'E'))
    {
      at++;
      if (at < end && is_sign (*at))
        at++;
      size_t digits = span_digits (at, end);
      if (digits == 0)
        return false;
      at += digits;
    }
  return at == end;
}

/* Guile's own conversion raises at 1e309, and strtod obeys LC_NUMERIC.  */
static enum datum_status
read_decimal (const uint8_t *atom, size_t size, SCM *result)
{
  static locale_t c_locale;
  char text[IM_NUMBER_CHARACTERS + 1];

  if (c_locale == 0)
    c_locale = newlocale (LC_ALL_MASK, "C", 0);
  if (c_locale == 0)
    return DATUM_NO_MEMORY;
  memcpy (text, atom, size);
  text[size] = '\0';
  locale_t former = uselocale (c_locale);
  double value = strtod (text, NULL);
  uselocale (former);
  if (!isfinite (value))
    return DATUM_BAD_NUMBER;
  *result = scm_from_double (value);
  return DATUM_OK;
}

static enum datum_status
read_fraction (const uint8_t *numerator, size_t size,
               const uint8_t *end, bool negative, SCM *result)
{
  const uint8_t *denominator = numerator + size + 1;
  size_t digits = span_digits (denominator, end);

  if (digits == 0 || denominator + digits != end)
    return DATUM_BAD_NUMBER;
  SCM divisor = digits_value (denominator, digits, false);
  if (scm_is_eq (divisor, SCM_INUM0))
    return DATUM_BAD_NUMBER;
  *result = scm_divide (digits_value (numerator, size, negative), divisor);
  return DATUM_OK;
}

enum datum_status
datum_read_number (const uint8_t *atom, size_t size, SCM *result)
{
  const uint8_t *at = atom + is_sign (atom[0]), *end = atom + size;
  size_t digits = span_digits (at, end);
  bool negative = atom[0] == '-';

  if (size > limit_of (LIMIT_NUMBER_CHARACTERS)
      || begins_like_infinity (atom, size))
    return DATUM_BAD_NUMBER;
  if (at + digits == end)
    {
      *result = digits_value (at, digits, negative);
      return DATUM_OK;
    }
  if (digits > 0 && at + digits + 1 == end && is_sign (at[digits]))
    return datum_read_symbol (atom, size, result);
  if (digits > 0 && at[digits] == '/')
    return read_fraction (at, digits, end, negative, result);
  if (is_decimal (at, end))
    return read_decimal (atom, size, result);
  return DATUM_BAD_NUMBER;
}

/* --- Characters ------------------------------------------------------- */

/* The first name of a code point is the one that is written: of the
   abbreviations in the ASCII table, STk and Guile both read most.  */
static const struct
{
  const char *name;
  uint8_t character;
}
names[] =
{
  { "null", 0 }, { "soh", 1 }, { "stx", 2 }, { "etx", 3 }, { "eot", 4 },
  { "enq", 5 }, { "ack", 6 }, { "bel", 7 }, { "bs", 8 }, { "ht", 9 },
  { "newline", 10 }, { "vt", 11 }, { "ff", 12 }, { "cr", 13 },
  { "so", 14 }, { "si", 15 }, { "dle", 16 }, { "dc1", 17 }, { "dc2", 18 },
  { "dc3", 19 }, { "dc4", 20 }, { "nak", 21 }, { "syn", 22 },
  { "etb", 23 }, { "can", 24 }, { "em", 25 }, { "sub", 26 },
  { "esc", 27 }, { "fs", 28 }, { "gs", 29 }, { "rs", 30 }, { "us", 31 },
  { "space", 32 }, { "del", 127 },
  { "nul", 0 }, { "alarm", 7 }, { "bell", 7 }, { "backspace", 8 },
  { "tab", 9 }, { "nl", 10 }, { "lf", 10 }, { "linefeed", 10 },
  { "vtab", 11 }, { "np", 12 }, { "page", 12 }, { "return", 13 },
  { "escape", 27 }, { "altmode", 27 }, { "sp", 32 }, { "delete", 127 }
};

int32_t
datum_character_named (const uint8_t *name, size_t size)
{
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (strlen (names[i].name) == size
        && memcmp (names[i].name, name, size) == 0)
      return names[i].character;
  return -1;
}

const char *
datum_character_name (uint32_t character)
{
  /* The written names stand in the order of their code points.  */
  if (character <= 32)
    return names[character].name;
  return character == 127 ? names[33].name : NULL;
}
