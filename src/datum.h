/* datum.h -- Scheme data from bytes and to bytes

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Guile's own reader and printer are not for the network: its `read' runs
   constructors and obeys directives, its `write' recurses without bound,
   and neither agrees with STk about |symbols|.  These two know nothing but
   the datum subset, call no Scheme, raise nothing and don't depend on the
   locale.

   Where the readers of STk, STklos and Guile differ, a datum is read so:

     2x 1/0 1.2.3      begins like a number (a digit, or a sign or a dot or
                       both and a digit) but is none: DATUM_BAD_NUMBER
     1+ 1- -1+         but these are names of procedures: symbols
     +inf.0 -nan.0     no peer could read them: DATUM_BAD_NUMBER
     1e400             beyond a double: DATUM_BAD_NUMBER; 1e-400 is 0.0
     + - ... +i x:     symbols; but :x is a keyword, hence bad syntax
     (a .b)            .b is a symbol; (a . b) a pair
     |a|b a'b a|b|     bad syntax, because each reader has its own view
     "a\<newline>b"    "ab"; blanks after the newline stay
     #\<control>       bad syntax; each has a name
     raw NUL           bad syntax; in strings it is written \0  */

#ifndef IM_DATUM_H
#define IM_DATUM_H

#include <libguile.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;

enum datum_status
{
  DATUM_OK,
  DATUM_BAD_SYNTAX,             /* no datum of the subset, or not one */
  DATUM_BAD_UTF8,               /* also an escape that names no character */
  DATUM_TOO_DEEP,               /* IM_DATUM_DEPTH */
  DATUM_BAD_NUMBER,             /* or longer than IM_NUMBER_CHARACTERS */
  DATUM_UNPRINTABLE,            /* a procedure, a keyword, an infinity... */
  DATUM_TOO_LONG,
  DATUM_NO_MEMORY,
  DATUM_NOT_IN_XML              /* a line break or a closing tag */
};

/* Return the name of STATUS as programs see it, "bad-syntax".  */
const char *datum_status_name (enum datum_status status);

/* Store the datum that the SIZE bytes are into *RESULT.  White space may
   stand around it.  Return DATUM_OK, or why not (DATUM_BAD_SYNTAX to
   DATUM_BAD_NUMBER, or DATUM_NO_MEMORY) and leave *RESULT alone.  Safe on
   any bytes.  */
enum datum_status datum_read (const uint8_t *bytes, size_t size,
                              SCM *result);

/* Append the canonical print of DATUM, at most LIMIT bytes, to OUT.
   Return DATUM_OK, or why not (DATUM_TOO_DEEP to DATUM_NO_MEMORY) and
   leave in OUT what was there.  A circular list ends as DATUM_TOO_LONG, so
   LIMIT must be a bound that memory allows.  */
enum datum_status datum_write (struct buffer *out, SCM datum, size_t limit);

/* --- Strings and |symbols|: datum-text.c ------------------------------- */

/* Store the string (QUOTE is `"') or symbol (`|') whose text is the SIZE
   bytes, ASCII only if ASCII.  Return DATUM_OK or DATUM_BAD_UTF8.  */
enum datum_status datum_read_text (const uint8_t *bytes, size_t size,
                                   uint8_t quote, bool ascii, SCM *result);

/* The same with escapes to resolve, each whole.  Return also
   DATUM_BAD_SYNTAX or DATUM_NO_MEMORY.  */
enum datum_status datum_read_escaped_text (const uint8_t *bytes,
                                           size_t size, uint8_t quote,
                                           SCM *result);

/* --- Numbers and characters: datum-atom.c ------------------------------ */

/* True iff a bare atom of those bytes is no symbol, but a number or a
   mistake: it begins with a digit, with a sign or a dot or both and a
   digit, or like +inf.0 or -nan.0.  */
bool datum_begins_like_number (const uint8_t *atom, size_t size);

/* Store the number, or the symbol like 1+, that the atom is, for which
   datum_begins_like_number holds.  Return DATUM_OK, DATUM_BAD_NUMBER or
   DATUM_NO_MEMORY.  */
enum datum_status datum_read_number (const uint8_t *atom, size_t size,
                                     SCM *result);

/* The code point of the character of that name, or -1; and the name that
   is written for a code point, or NULL when it is written as itself.  */
int32_t datum_character_named (const uint8_t *name, size_t size);
const char *datum_character_name (uint32_t character);

/* --- Symbols: datum-symbol.c ------------------------------------------- */

/* The canonical print of a symbol.  Never changes; the collector frees
   it.  */
struct symbol_print
{
  SCM symbol;
  size_t size;
  uint8_t bytes[];
};

/* True iff the symbol of that name, in UTF-8, is written without bars.  */
bool datum_symbol_is_bare (const uint8_t *name, size_t size);

/* The symbol of that name, valid UTF-8.  */
SCM datum_symbol (const uint8_t *name, size_t size);

/* Store the symbol of that name.  Return DATUM_OK or DATUM_BAD_UTF8.  */
enum datum_status datum_read_symbol (const uint8_t *name, size_t size,
                                     SCM *result);

/* Return the print of SYMBOL, or NULL when its name contains NUL, which
   no reader takes.  */
const struct symbol_print *datum_print_symbol (SCM symbol);

/* --- The binding ------------------------------------------------------ */

/* Raise `bad-datum' with the name of STATUS.  Defined in error.c.  */
void error_bad_datum (enum datum_status status) SCM_NORETURN;

/* The primitives %parse-datum and %print-datum.  */
SCM scm_im_parse_datum (SCM bytevector);
SCM scm_im_print_datum (SCM datum, SCM limit);

#endif /* IM_DATUM_H */
