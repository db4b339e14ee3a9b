/* builder-number.c -- numbers without Guile

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   A number of the subset has up to 32 digits: 107 bits.  */

#include "builder-object.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Only 0 is compared by identity.  */
SCM
builder_integer (__int128 value)
{
  if (value == 0)
    return SCM_INUM0;
  SCM integer = new_object (INTEGER);
  integer->numerator = value;
  integer->denominator = 1;
  return integer;
}

static __int128
value_of (SCM integer)
{
  return of_type (integer, INTEGER)->numerator;
}

SCM
scm_from_int64 (int64_t value)
{
  return builder_integer (value);
}

SCM
scm_from_double (double value)
{
  SCM real = new_object (REAL);

  real->real = value;
  return real;
}

SCM
scm_sum (SCM a, SCM b)
{
  __int128 value;

  holds (!__builtin_add_overflow (value_of (a), value_of (b), &value),
         "a sum has at most 127 bits");
  return builder_integer (value);
}

SCM
scm_product (SCM a, SCM b)
{
  __int128 value;

  holds (!__builtin_mul_overflow (value_of (a), value_of (b), &value),
         "a product has at most 127 bits");
  return builder_integer (value);
}

SCM
scm_divide (SCM a, SCM b)
{
  __int128 x = value_of (a), y = value_of (b);

  holds (y != 0, "nothing is divided by zero");
  while (y != 0)
    {
      __int128 rest = x % y;
      x = y;
      y = rest;
    }
  __int128 divisor = (x < 0) == (value_of (b) < 0) ? x : -x;
  if (value_of (b) == divisor)
    return builder_integer (value_of (a) / divisor);
  SCM fraction = new_object (FRACTION);
  fraction->numerator = value_of (a) / divisor;
  fraction->denominator = value_of (b) / divisor;
  return fraction;
}

SCM
scm_numerator (SCM rational)
{
  return rational->type == FRACTION
         ? builder_integer (rational->numerator)
         : of_type (rational, INTEGER);
}

SCM
scm_denominator (SCM rational)
{
  holds (rational->type == FRACTION || rational->type == INTEGER,
         "a rational is one");
  return builder_integer (rational->denominator);
}

SCM
scm_integer_length (SCM integer)
{
  __int128 value = value_of (integer);
  int bits = 0;

  if (value < 0)
    value = ~value;
  for (; value > 0; value >>= 1)
    bits++;
  return builder_integer (bits);
}

SCM
scm_inexact_p (SCM number)
{
  return number->type == REAL ? SCM_BOOL_T : SCM_BOOL_F;
}

double
scm_to_double (SCM number)
{
  return of_type (number, REAL)->real;
}

size_t
scm_to_size_t (SCM integer)
{
  holds (value_of (integer) >= 0 && value_of (integer) <= INT64_MAX,
         "a size fits");
  return value_of (integer);
}

bool
scm_is_number (SCM x)
{
  return scm_is_real (x) || x->type == COMPLEX;
}

bool
scm_is_real (SCM x)
{
  return x->type == INTEGER || x->type == FRACTION || x->type == REAL;
}

bool
builder_is_fixnum (SCM x)
{
  const int64_t most = INT64_C (1) << 61;

  return x->type == INTEGER && x->numerator >= -most && x->numerator < most;
}

scm_t_inum
builder_fixnum (SCM x)
{
  holds (builder_is_fixnum (x), "a fixnum is one");
  return x->numerator;
}

/* --- As text ----------------------------------------------------------- */

/* Store the decimal digits of VALUE; return where they begin.  */
static char *
digits_before (char *end, __int128 value)
{
  unsigned __int128 rest = value;

  if (value < 0)
    rest = -rest;
  do
    *--end = '0' + (int) (rest % 10);
  while ((rest /= 10) > 0);
  if (value < 0)
    *--end = '-';
  return end;
}

void
shortest_decimal (double value, char text[32])
{
  for (int digits = 1; digits <= 16; digits++)
    {
      snprintf (text, 32, "%.*e", digits, value);
      if (strtod (text, NULL) == value)
        break;
    }
}

SCM
scm_number_to_string (SCM number, SCM radix)
{
  char text[100], *end = text + sizeof text, *at = end;

  holds (scm_is_eq (radix, SCM_UNDEFINED), "numbers are decimal");
  if (number->type == REAL)
    {
      shortest_decimal (number->real, text);
      return scm_from_latin1_stringn (text, strlen (text));
    }
  if (number->type == FRACTION)
    {
      at = digits_before (at, number->denominator);
      *--at = '/';
    }
  at = digits_before (at, number->numerator);
  return scm_from_latin1_stringn (at, end - at);
}
