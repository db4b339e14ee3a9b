/* reference-datum.c -- from bytes to their canonical print, plainly

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   No datum is built: each part is printed as soon as it is read.  */

#include "reference.h"

#include "builder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 64, LONGEST_NUMBER = 32 };

static const uint8_t *at, *end;
static int depth;

/* The print grows at most ninefold, from ' to (quote ).  */
static uint8_t printed[1 << 20];
static size_t printed_size;

static bool print_datum (void);

static void
put (const void *bytes, size_t size)
{
  holds (size <= sizeof printed - printed_size, "a print has room");
  memcpy (printed + printed_size, bytes, size);
  printed_size += size;
}

static void
put_text (const char *text)
{
  put (text, strlen (text));
}

/* Take TEXT if it comes next.  */
static bool
take (const char *text)
{
  size_t size = strlen (text);

  if ((size_t) (end - at) < size || memcmp (at, text, size) != 0)
    return false;
  at += size;
  return true;
}

/* --- UTF-8 ------------------------------------------------------------- */

size_t
reference_character (const uint8_t *bytes, size_t size, uint32_t *character)
{
  static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
  size_t length = bytes[0] < 0x80 ? 1 : (bytes[0] & 0xe0) == 0xc0 ? 2
                  : (bytes[0] & 0xf0) == 0xe0 ? 3
                  : (bytes[0] & 0xf8) == 0xf0 ? 4 : 0;
  uint32_t value = bytes[0] & (0x7f >> (length - (length == 1)));

  if (length == 0 || length > size)
    return 0;
  for (size_t i = 1; i < length; i++)
    {
      if (bytes[i] < 0x80 || bytes[i] > 0xbf)
        return 0;
      value = value * 64 + bytes[i] % 64;
    }
  if (value < least[length] || value / 0x800 == 0xd800 / 0x800
      || value > 0x10ffff)
    return 0;
  if (character != NULL)
    *character = value;
  return length;
}

static bool
is_utf8 (const uint8_t *bytes, size_t size)
{
  size_t length;

  for (; size > 0; bytes += length, size -= length)
    if ((length = reference_character (bytes, size, NULL)) == 0)
      return false;
  return true;
}

/* --- Atoms ------------------------------------------------------------- */

static bool
is_plain (uint8_t byte)
{
  return byte > ' ' && byte != 0x7f
         && strchr ("()\"'|;`,\\[]{}", byte) == NULL;
}

static bool
is_space (uint8_t byte)
{
  return byte == ' ' || (byte >= 9 && byte <= 13);
}

static bool
at_delimiter (void)
{
  return at == end || is_space (*at)
         || (*at != '\0' && strchr ("()\"", *at) != NULL);
}

/* How many bytes at TEXT are of SET.  */
static size_t
span (const char *text, const char *set)
{
  return strspn (text, set);
}

#define DIGITS "0123456789"

static bool
begins_like_number (const char *text)
{
  bool sign = *text == '+' || *text == '-';

  if (sign)
    for (int i = 0; i < 2; i++)
      {
        static const char *const names[] = { "inf.0", "nan.0" };
        char lower[6] = "";

        for (int j = 0; j < 5 && text[1 + j] != '\0'; j++)
          lower[j] = text[1 + j] >= 'A' && text[1 + j] <= 'Z'
                     ? text[1 + j] + 32 : text[1 + j];
        if (strcmp (lower, names[i]) == 0)
          return true;
      }
  text += sign;
  text += *text == '.';
  return span (text, DIGITS) > 0;
}

static void
put_symbol (const char *name, size_t size)
{
  bool bare = size > 0 && name[0] != ':' && name[size - 1] != ':'
              && strcmp (name, ".") != 0 && strcmp (name, "+i") != 0
              && strcmp (name, "-i") != 0 && !begins_like_number (name)
              && span (name, "abcdefghijklmnopqrstuvwxyz0123456789"
                             "+-.*/<=>!?:$%_&~^") == size;

  if (bare)
    return put (name, size);
  put_text ("|");
  for (; size > 0; size--, name++)
    {
      if (*name == '|' || *name == '\\')
        put_text ("\\");
      put (name, 1);
    }
  put_text ("|");
}

/* Print the digits without leading zeros.  */
static void
put_digits (const char *digits, size_t count)
{
  for (; count > 1 && *digits == '0'; count--)
    digits++;
  put (digits, count);
}

static unsigned __int128
value_of (const char *digits, size_t count)
{
  unsigned __int128 value = 0;

  for (; count > 0; count--)
    value = value * 10 + (*digits++ - '0');
  return value;
}

static void
put_value (unsigned __int128 value)
{
  char digits[40], *first = digits + sizeof digits;

  do
    *--first = '0' + (int) (value % 10);
  while ((value /= 10) > 0);
  put (first, digits + sizeof digits - first);
}

/* Print the quotient in its lowest terms.  */
static bool
put_fraction (bool negative, unsigned __int128 over, unsigned __int128 under)
{
  if (under == 0)
    return false;
  unsigned __int128 a = over, b = under;
  while (b != 0)
    {
      unsigned __int128 rest = a % b;
      a = b;
      b = rest;
    }
  if (negative && over > 0)
    put_text ("-");
  put_value (over / a);
  if (under != a)
    {
      put_text ("/");
      put_value (under / a);
    }
  return true;
}

/* Print a decimal: digits, a point among them, an exponent behind.  */
static bool
put_decimal (const char *text, const char *rest)
{
  char decimal[32];

  rest += span (rest, DIGITS);
  if (*rest == '.')
    rest += 1 + span (rest + 1, DIGITS);
  if (*rest == 'e' || *rest == 'E')
    {
      rest++;
      rest += *rest == '+' || *rest == '-';
      if (span (rest, DIGITS) == 0)
        return false;
      rest += span (rest, DIGITS);
    }
  double value = strtod (text, NULL);
  if (*rest != '\0' || isinf (value))
    return false;
  shortest_decimal (value, decimal);
  put_text (decimal);
  return true;
}

static bool
put_number (const char *text)
{
  bool negative = *text == '-';
  const char *rest = text + (negative || *text == '+');
  size_t count = span (rest, DIGITS);

  if (strlen (text) > LONGEST_NUMBER)
    return false;
  if (count > 0 && rest[count] == '\0')
    {
      if (negative && span (rest, "0") < count)
        put_text ("-");
      put_digits (rest, count);
      return true;
    }
  if (count > 0 && (strcmp (rest + count, "+") == 0
                    || strcmp (rest + count, "-") == 0))
    {
      put_symbol (text, strlen (text));
      return true;
    }
  if (count > 0 && rest[count] == '/')
    {
      const char *under = rest + count + 1;
      size_t under_count = span (under, DIGITS);

      return under_count > 0 && under[under_count] == '\0'
             && put_fraction (negative, value_of (rest, count),
                              value_of (under, under_count));
    }
  if (*rest != '.' && count == 0)       /* an infinity */
    return false;
  return put_decimal (text, rest);
}

static bool
print_atom (void)
{
  static char atom[1 << 16];
  const uint8_t *start = at;

  while (at < end && is_plain (*at))
    at++;
  size_t size = at - start;
  holds (size < sizeof atom, "an atom has room");
  memcpy (atom, start, size);
  atom[size] = '\0';
  if (!at_delimiter () || size == 0 || atom[0] == ':'
      || strcmp (atom, ".") == 0)
    return false;
  if (begins_like_number (atom))
    return put_number (atom);
  if (!is_utf8 (start, size))
    return false;
  put_symbol (atom, size);
  return true;
}

/* --- Strings, |symbols| and characters --------------------------------- */

static void
put_utf8 (uint32_t character)
{
  uint8_t bytes[4] = { character };
  size_t size = 1;

  if (character >= 0x10000)
    {
      bytes[0] = 0xf0 + character / 0x40000;
      bytes[1] = 0x80 + character / 0x1000 % 64;
      bytes[2] = 0x80 + character / 64 % 64;
      bytes[3] = 0x80 + character % 64;
      size = 4;
    }
  else if (character >= 0x800)
    {
      bytes[0] = 0xe0 + character / 0x1000;
      bytes[1] = 0x80 + character / 64 % 64;
      bytes[2] = 0x80 + character % 64;
      size = 3;
    }
  else if (character >= 0x80)
    {
      bytes[0] = 0xc0 + character / 64;
      bytes[1] = 0x80 + character % 64;
      size = 2;
    }
  put (bytes, size);
}

static void
put_in_string (uint32_t character)
{
  switch (character)
    {
    case '\\': return put_text ("\\\\");
    case '"': return put_text ("\\\"");
    case '\n': return put_text ("\\n");
    case '\r': return put_text ("\\r");
    case '\t': return put_text ("\\t");
    case '\b': return put_text ("\\b");
    case '\0': return put_text ("\\0");
    default: return put_utf8 (character);
    }
}

/* Print what the digits of \x...; name.  */
static bool
print_hex (void)
{
  uint32_t value = 0;
  int digits = 0;

  for (; at < end && *at != ';'; at++, digits++)
    {
      char digit[2] = { *at, '\0' };

      if (*at == '\0' || strchr ("0123456789abcdefABCDEF", *at) == NULL)
        return false;
      value = value * 16 + strtoul (digit, NULL, 16);
      if (value > 0x10ffff)
        return false;
    }
  if (at == end || digits == 0 || (value >= 0xd800 && value < 0xe000))
    return false;
  at++;
  put_in_string (value);
  return true;
}

static bool
print_escape (void)
{
  if (at == end)
    return false;
  switch (*at++)
    {
    case 'a': put_in_string (7); return true;
    case 'b': put_in_string (8); return true;
    case 'f': put_in_string (12); return true;
    case 'n': put_in_string (10); return true;
    case 'r': put_in_string (13); return true;
    case 't': put_in_string (9); return true;
    case 'v': put_in_string (11); return true;
    case '0': put_in_string (0); return true;
    case '"': put_in_string ('"'); return true;
    case '\\': put_in_string ('\\'); return true;
    case '\n': return true;
    case 'x': return print_hex ();
    default: return false;
    }
}

static bool
print_string (void)
{
  put_text ("\"");
  while (at < end && *at != '"')
    {
      uint32_t character;
      size_t size = reference_character (at, end - at, &character);

      if (size == 0 || character == 0)
        return false;
      at += size;
      if (character != '\\')
        put_in_string (character);
      else if (!print_escape ())
        return false;
    }
  put_text ("\"");
  return take ("\"");
}

static bool
print_bars (void)
{
  static char name[1 << 16];
  size_t size = 0;

  for (; at < end && *at != '|'; at++)
    {
      if (*at == '\\' && (++at == end || (*at != '|' && *at != '\\')))
        return false;
      if (*at == '\0')
        return false;
      holds (size + 1 < sizeof name, "a symbol has room");
      name[size++] = *at;
    }
  name[size] = '\0';
  if (!take ("|") || !at_delimiter ()
      || !is_utf8 ((const uint8_t *) name, size))
    return false;
  put_symbol (name, size);
  return true;
}

/* The name that is written, and other names that are read.  */
static const char *const character_names[128] = {
  "null nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel alarm bell",
  "bs backspace", "ht tab", "newline nl lf linefeed", "vt vtab",
  "ff np page", "cr return", "so", "si", "dle", "dc1", "dc2", "dc3", "dc4",
  "nak", "syn", "etb", "can", "em", "sub", "esc escape altmode", "fs", "gs",
  "rs", "us", "space sp", [127] = "del delete"
};

static void
put_character (uint32_t character)
{
  const char *names = character < 128 ? character_names[character] : NULL;

  put_text ("#\\");
  if (names != NULL)
    put (names, strcspn (names, " "));
  else
    put_utf8 (character);
}

/* Whether NAME is one of the words of NAMES.  */
static bool
is_among (const uint8_t *name, size_t size, const char *names)
{
  while (names != NULL && *names != '\0')
    {
      size_t length = strcspn (names, " ");

      if (length == size && memcmp (names, name, size) == 0)
        return true;
      names += length + (names[length] == ' ');
    }
  return false;
}

static bool
print_character (void)
{
  const uint8_t *start = at;
  uint32_t character;
  size_t length = at < end
                  ? reference_character (at, end - at, &character) : 0;

  if (length == 0 || character < ' ' || character == 127)
    return false;
  for (at += length; at < end && is_plain (*at);)
    at++;
  if (!at_delimiter ())
    return false;
  if ((size_t) (at - start) == length)
    {
      put_character (character);
      return true;
    }
  for (character = 0; character < 128; character++)
    if (is_among (start, at - start, character_names[character]))
      {
        put_character (character);
        return true;
      }
  return false;
}

/* --- What has parts ---------------------------------------------------- */

static void
skip_space (void)
{
  while (at < end && is_space (*at))
    at++;
}

/* Take a dot that stands alone.  */
static bool
take_dot (void)
{
  const uint8_t *here = at;

  if (take (".") && at_delimiter ())
    return true;
  at = here;
  return false;
}

/* Print what is behind a dot.  A list there goes on in the one before: its
   print loses its parentheses.  */
static bool
print_tail (void)
{
  size_t start = printed_size;

  put_text (" . ");
  if (!print_datum ())
    return false;
  uint8_t *tail = printed + start + 3;
  size_t size = printed_size - start - 3;
  if (tail[0] == '(')
    {
      bool empty = size == 2;

      printed_size = start;
      if (!empty)
        {
          printed[printed_size++] = ' ';
          memmove (printed + printed_size, tail + 1, size - 2);
          printed_size += size - 2;
        }
    }
  put_text (")");
  skip_space ();
  return take (")");
}

/* Print the elements; what opens them has been taken and printed.  */
static bool
print_elements (bool list)
{
  bool first = true;

  for (;; first = false)
    {
      skip_space ();
      if (take (")"))
        {
          put_text (")");
          return true;
        }
      if (list && !first && take_dot ())
        return print_tail ();
      if (!first)
        put_text (" ");
      if (!print_datum ())
        return false;
    }
}

static bool
print_quotation (void)
{
  put_text ("(quote ");
  if (!print_datum ())
    return false;
  put_text (")");
  return true;
}

static bool
print_level (const char *opening)
{
  bool done;

  if (depth == DEEPEST)
    return false;
  depth++;
  if (*opening == '\'')
    done = print_quotation ();
  else
    {
      put_text (opening);
      done = print_elements (*opening == '(');
    }
  depth--;
  return done;
}

static bool
print_datum (void)
{
  skip_space ();
  if (take ("("))
    return print_level ("(");
  if (take ("#("))
    return print_level ("#(");
  if (take ("'"))
    return print_level ("'");
  if (take ("\""))
    return print_string ();
  if (take ("|"))
    return print_bars ();
  if (take ("#\\"))
    return print_character ();
  if (take ("#t") || take ("#f"))
    {
      put (at - 2, 2);
      return at_delimiter ();
    }
  return at < end && *at != '#' && print_atom ();
}

bool
reference_print (const uint8_t *bytes, size_t size, const uint8_t **text,
                 size_t *text_size)
{
  at = bytes;
  end = bytes + size;
  depth = 0;
  printed_size = 0;
  if (!print_datum ())
    return false;
  skip_space ();
  *text = printed;
  *text_size = printed_size;
  return at == end;
}
